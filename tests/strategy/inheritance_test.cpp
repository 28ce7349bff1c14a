// What a forked child keeps of its parent's descriptors.

#include "tests/base/child.h"
#include "tests/strategy/sockets.h"

#include "common/strategy/inheritance.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <vector>

namespace tern::inheritance_test {

using namespace tern;
using strategy::Inheritance;

namespace {

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) >= 0; }

} // namespace

TEST_SUITE("strategy/inheritance") {
    TEST_CASE("a child keeps what is for all and its own, and nothing of other clients") {
        const test::SocketPair for_all;
        const test::SocketPair listener;
        Inheritance inheritance;
        inheritance.exclude(listener.ours.get());
        std::vector<test::SocketPair> clients(20);
        const int own = clients[7].ours.get();
        const pid_t child = test::fork_child([&] {
            inheritance.close_others({own, -1});
            int wrong = 0;
            for (const int descriptor : {0, 1, 2})
                wrong += !is_open(descriptor);
            wrong += !is_open(for_all.ours.get()) || !is_open(for_all.theirs.get());
            wrong += !is_open(own);
            wrong += is_open(listener.ours.get());
            wrong += is_open(clients[7].theirs.get());
            for (std::size_t i = 0; i < clients.size(); ++i)
                wrong +=
                    i != 7 && (is_open(clients[i].ours.get()) || is_open(clients[i].theirs.get()));
            ::_exit(wrong);
        });
        CHECK(test::wait_for(child) == 0);
        CHECK(is_open(listener.ours.get())); // the parent's own are untouched
        CHECK(is_open(clients[3].ours.get()));
    }

    TEST_CASE("the same child may be told of one descriptor twice, and of kept ones") {
        const test::SocketPair for_all;
        const Inheritance inheritance;
        const test::SocketPair client;
        const pid_t child = test::fork_child([&] {
            const int own = client.ours.get();
            inheritance.close_others({own, own, for_all.ours.get(), -1});
            ::_exit(is_open(own) && is_open(for_all.ours.get()) && !is_open(client.theirs.get())
                        ? 0
                        : 1);
        });
        CHECK(test::wait_for(child) == 0);
    }
}

} // namespace tern::inheritance_test
