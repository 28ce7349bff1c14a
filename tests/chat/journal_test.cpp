// The journal's parts: records, the ring that outlives a process, and the database.

#include "servers/chat/journal_ring.h"
#include "servers/chat/journal_store.h"
#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

namespace tern::journal_test {

using namespace tern;
using namespace tern::chat;
using namespace std::chrono_literals;

namespace {

constexpr WallClock::time_point noon{std::chrono::hours(500'000)};

JournalRecord record(std::uint64_t id, const std::string& room, const std::string& text,
                     WallClock::time_point time = noon) {
    Said said;
    said.id = id;
    said.time = time;
    said.name = "Zoë";
    said.user = "zoe";
    said.host = "192.0.2.1";
    said.text = text;
    said.manner = Manner::action;
    said.door = Door::irc;
    return {room, said};
}

/// What was set in a room.
JournalRecord state_record(const std::string& room, const std::string& topic,
                           WallClock::time_point time = noon) {
    RoomState state;
    state.topic = topic;
    state.topic_by = "Zoë";
    state.topic_time = time - 1s;
    state.changed = time;
    state.modes.no_outside = true;
    state.modes.secret = true;
    state.modes.key = "sesame";
    state.modes.limit = 7;
    state.modes.bans = {"a!*@*", "*!b@*"};
    return {room, state};
}

void check_state(const JournalRecord& read, const JournalRecord& written) {
    const auto& is = std::get<RoomState>(read.content);
    const auto& was = std::get<RoomState>(written.content);
    CHECK(read.room == written.room);
    CHECK(is.topic == was.topic);
    CHECK(is.topic_by == was.topic_by);
    CHECK(is.topic_time == was.topic_time);
    CHECK(is.changed == was.changed);
    CHECK(is.modes == was.modes);
}

std::string bytes_of(const JournalRecord& made) {
    std::string bytes;
    std::visit([&](const auto& content) { encode_journal_record(made.room, content, bytes); },
               made.content);
    return bytes;
}

/// "room id text;" of all that was said, "room topic;" of all that was set.
std::string all_of(const JournalStore& store) {
    std::string text;
    store.read([&text](const JournalRecord& one) {
        if (const auto* const said = std::get_if<Said>(&one.content))
            text += one.room + ' ' + std::to_string(said->id) + ' ' + said->text + ';';
        else
            text += one.room + ' ' + std::get<RoomState>(one.content).topic + ';';
    });
    return text;
}

std::vector<std::string> take_all(JournalRing& ring) {
    JournalRing::Batch batch = ring.look(1'000'000);
    ring.take_out(batch);
    return std::move(batch.records);
}

} // namespace

TEST_SUITE("chat/journal") {
    TEST_CASE("a record survives its bytes, and nothing else is taken for one") {
        const std::string bytes = bytes_of(record(7, "lobby", "hello"));
        const std::optional<JournalRecord> read = decode_journal_record(bytes);
        REQUIRE(read);
        CHECK(read->room == "lobby");
        const auto& said = std::get<Said>(read->content);
        CHECK(said.id == 7);
        CHECK(said.time == noon);
        CHECK(said.name == "Zoë");
        CHECK(said.user == "zoe");
        CHECK(said.host == "192.0.2.1");
        CHECK(said.text == "hello");
        CHECK(said.manner == Manner::action);
        CHECK(said.door == Door::irc);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            CHECK_FALSE(decode_journal_record(bytes.substr(0, size)));
        CHECK_FALSE(decode_journal_record(bytes + "x"));
        std::string beyond_time = bytes;
        const std::int64_t never = std::numeric_limits<std::int64_t>::max();
        std::memcpy(beyond_time.data() + 1 + sizeof(std::uint64_t), &never, sizeof never);
        CHECK_FALSE(decode_journal_record(beyond_time));
        CHECK_FALSE(decode_journal_record("\x03" + bytes.substr(1)));
    }

    TEST_CASE("what was set in a room survives its bytes, and nothing else is taken for it") {
        const JournalRecord set = state_record("lobby", "Welcome");
        const std::string bytes = bytes_of(set);
        const std::optional<JournalRecord> read = decode_journal_record(bytes);
        REQUIRE(read);
        check_state(*read, set);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            CHECK_FALSE(decode_journal_record(bytes.substr(0, size)));
        CHECK_FALSE(decode_journal_record(bytes + "x"));
    }

    TEST_CASE("records leave the ring as they came, around its end many times") {
        const test::TemporaryFolder folder;
        JournalRing ring(folder / "ring");
        std::string sent(100'000, 'a');
        for (int round = 0; round < 200; ++round) {
            sent.front() = static_cast<char>('a' + round % 26);
            REQUIRE(ring.put(sent));
            REQUIRE(ring.put(""));
            CHECK(take_all(ring) == std::vector<std::string>{sent, ""});
            CHECK(ring.is_empty());
            sent.resize(sent.size() - static_cast<std::size_t>(round));
        }
    }

    TEST_CASE("a full ring takes no more, counts what it lost, and takes again") {
        const test::TemporaryFolder folder;
        JournalRing ring(folder / "ring");
        const std::string sent(50'000, 'a');
        std::size_t taken = 0;
        while (ring.put(sent))
            ++taken;
        CHECK(taken >= JournalRing::capacity / 51'000);
        CHECK_FALSE(ring.put(sent));
        CHECK(ring.take_lost() == 2);
        CHECK(ring.take_lost() == 0);
        CHECK(take_all(ring).size() == taken);
        CHECK(ring.put(sent));
    }

    TEST_CASE("what was not taken out is there when the ring is opened again") {
        const test::TemporaryFolder folder;
        {
            JournalRing ring(folder / "ring");
            ring.put("first");
            take_all(ring);
            ring.put("second");
            ring.put("third");
            CHECK(ring.look(1).records.size() == 1); // looking takes nothing
        }
        JournalRing ring(folder / "ring");
        CHECK(take_all(ring) == std::vector<std::string>{"second", "third"});
    }

    TEST_CASE("a ring that a power cut has torn gives what is whole, and works again") {
        const test::TemporaryFolder folder;
        {
            JournalRing ring(folder / "ring");
            ring.put("first");
            ring.put("second");
            ring.put("third");
        }
        {
            std::fstream file(folder / "ring", std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(4096 + 2 * 16 + 16 + 2); // within the second record
            file.put('X');
        }
        JournalRing ring(folder / "ring");
        CHECK(take_all(ring) == std::vector<std::string>{"first"});
        ring.put("fourth");
        CHECK(take_all(ring) == std::vector<std::string>{"fourth"});
    }

    TEST_CASE("a ring whose file makes no sense begins anew") {
        const test::TemporaryFolder folder;
        test::write_file(folder / "ring", std::string(5000, '\x55'));
        JournalRing ring(folder / "ring");
        CHECK(ring.is_empty());
        ring.put("first");
        CHECK(take_all(ring) == std::vector<std::string>{"first"});
    }

    TEST_CASE("the database keeps each message once, in order, across lives") {
        const test::TemporaryFolder folder;
        {
            JournalStore store(folder / "journal");
            store.add(std::vector{record(1, "a", "one"), record(2, "b", "two")});
            store.make_durable();
            store.add(std::vector{record(2, "b", "two"), record(3, "a", "three")});
        }
        const JournalStore store(folder / "journal");
        CHECK(all_of(store) == "a 1 one;b 2 two;a 3 three;");
    }

    TEST_CASE("it forgets by count and by age, room by room") {
        const test::TemporaryFolder folder;
        JournalStore store(folder / "journal");
        store.add(std::vector{record(1, "a", "old", noon - 3h), record(2, "a", "x"),
                              record(3, "b", "y"), record(4, "a", "z"), record(5, "a", "z")});
        store.forget({10, 10, 2h}, noon, false);
        CHECK(all_of(store) == "a 2 x;b 3 y;a 4 z;a 5 z;");
        store.forget({1, 10, 2h}, noon, false); // nothing was added since
        CHECK(all_of(store) == "a 2 x;b 3 y;a 4 z;a 5 z;");
        store.forget({1, 10, 2h}, noon, true);
        CHECK(all_of(store) == "b 3 y;a 5 z;");
        store.forget({0, 10, 2h}, noon, true);
        CHECK(all_of(store).empty());
    }

    TEST_CASE("of what was set in a room it keeps the last, and forgets it with the messages") {
        const test::TemporaryFolder folder;
        JournalStore store(folder / "journal");
        store.add(std::vector{state_record("a", "first", noon - 3h), state_record("b", "kept"),
                              state_record("c", "old", noon - 3h), record(1, "a", "x"),
                              state_record("a", "last", noon - 3h)});
        CHECK(all_of(store) == "a 1 x;c old;a last;b kept;");
        store.read([](const JournalRecord& one) {
            if (one.room == "b")
                check_state(one, state_record("b", "kept"));
        });
        store.forget({10, 10, 2h}, noon, false); // something was said in "a" since
        CHECK(all_of(store) == "a 1 x;a last;b kept;");
        store.forget({10, 1, 2h}, noon, false);
        CHECK(all_of(store) == "a 1 x;b kept;");
    }

    TEST_CASE("a file that is no database is an error that says so") {
        const test::TemporaryFolder folder;
        test::write_file(folder / "journal", std::string(5000, 'x'));
        CHECK_THROWS_AS(JournalStore(folder / "journal"), JournalError);
    }
}

} // namespace tern::journal_test
