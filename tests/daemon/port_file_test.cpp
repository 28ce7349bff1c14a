#include "common/daemon/port_file.h"

#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <system_error>

namespace tern::port_file_test {

using namespace tern;

namespace {

net::ListenerSettings listener(std::string name, std::string address) {
    net::ListenerSettings settings;
    settings.name = std::move(name);
    settings.address = std::move(address);
    return settings;
}

} // namespace

TEST_CASE("the ports that are really bound, in the listeners' order") {
    const test::TemporaryFolder folder;
    std::vector<net::Listener> listeners;
    listeners.emplace_back(listener("first", "127.0.0.1"));
    listeners.emplace_back(listener("second", (folder / "socket").string()));
    listeners.emplace_back(listener("third", "127.0.0.1"));
    test::write_file(folder / "ports", "something old");
    daemon::write_port_file(folder / "ports", listeners);
    CHECK(listeners[0].address().port() != 0);
    CHECK(test::read_file(folder / "ports") ==
          fmt::format("first 127.0.0.1 {}\nsecond {} 0\nthird 127.0.0.1 {}\n",
                      listeners[0].address().port(), (folder / "socket").string(),
                      listeners[2].address().port()));
    std::size_t entries = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path()))
        ++entries;
    CHECK(entries == 2); // the socket and the port file, nothing temporary
}

TEST_CASE("a port file that cannot be written is named, and leaves nothing behind") {
    const test::TemporaryFolder folder;
    const std::vector<net::Listener> none;
    try {
        daemon::write_port_file(folder / "missing/ports", none);
        FAIL("written");
    } catch (const std::system_error& error) {
        CHECK(std::string(error.what()).find("missing/ports: No such file") != std::string::npos);
    }
    // Its name is taken by a folder, which a file cannot replace.
    std::filesystem::create_directory(folder / "ports");
    CHECK_THROWS_AS(daemon::write_port_file(folder / "ports", none), std::system_error);
    std::size_t entries = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path()))
        ++entries;
    CHECK(entries == 1);
}

} // namespace tern::port_file_test
