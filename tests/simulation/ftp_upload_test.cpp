// Uploads over simulated connections that break, or are aborted, after every byte, and onto a disk
// that is full at every operation: the library holds only whole files, and nothing leaks.

#include "common/simulation/simulation.h"
#include "tests/ftp/faulty_disk.h"
#include "tests/simulation/ftp_world.h"

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace tern::ftp_upload_test {

using namespace tern;
using namespace std::chrono_literals;
using simulation::Simulation;

namespace {

const std::string content = "a new file, of more than one line\nand this is the end of it\n";
const std::string& old = test::FtpWorld::old;

enum class Ending { proper, reset, abort, gone, killed };

struct Plan {
    std::size_t sent = content.size(); ///< bytes of the content
    Ending ending = Ending::proper;
    test::DiskFault fault;
    Clock::duration lasts{}; ///< how long the client sends, in fine weather
    Clock::duration gap{};   ///< between the ends of the two connections of one that is killed
};

Task<void> pause(Session& session, Clock::duration time) {
    Wait wait;
    wait.deadline = session.now() + time;
    while (session.now() < wait.deadline)
        co_await until(wait);
}

/// Reads until a line that begins with `code` has come. False: the server has ended.
Task<bool> hear(net::Connection& control, std::string& heard, std::string code) {
    while (heard.find("\r\n" + code + ' ') == std::string::npos) {
        std::array<char, 512> bytes;
        const Result<std::size_t> got = co_await control.read(bytes, no_deadline);
        if (!got)
            co_return false;
        heard.append(bytes.data(), *got);
    }
    co_return true;
}

Task<void> upload(const Plan& plan, test::SimulatedDoors& doors, std::string& heard,
                  std::unique_ptr<net::Transport> transport) {
    Session& session = co_await this_session();
    net::Connection control(session, std::move(transport), {});
    heard = "\r\n";
    const std::string_view beginning = "USER ftp\r\nPASS x\r\nTYPE I\r\nEPSV\r\nSTOR file\r\n";
    const Result<void> begun = co_await control.write(beginning, 10s);
    const bool ready = co_await hear(control, heard, "150");
    if (!begun || !ready)
        co_return;
    simulation::SimulatedTransport* const end = doors.client_end.get();
    std::optional<net::Connection> data(std::in_place, session, std::move(doors.client_end),
                                        net::Endpoints());
    const std::string_view part = std::string_view(content).substr(0, plan.sent);
    if (!part.empty()) {
        const Result<void> written = co_await data->write(part, 10s);
        if (!written)
            heard += "(data broke)";
    }
    co_await pause(session, plan.lasts);
    if (plan.ending == Ending::killed) { // the kernel ends one connection after the other
        data.reset();
        co_await pause(session, plan.gap);
        co_return;
    }
    if (plan.ending == Ending::reset) {
        end->reset();
    } else if (plan.ending == Ending::abort) {
        const std::string_view abort = "ABOR\r\n";
        const Result<void> asked = co_await control.write(abort, 10s);
        if (!asked)
            co_return;
    } else if (plan.ending == Ending::gone) {
        co_return;
    } else {
        data.reset(); // RFC 959 §3.3: the end of the connection is the end of the file
    }
    const std::string_view question = "NOOP\r\nQUIT\r\n";
    const Result<void> asked = co_await control.write(question, 10s);
    const bool over = co_await hear(control, heard, "221");
    if (!asked || !over)
        heard += "(control broke)";
}

struct Outcome {
    std::string heard;
    std::string file; ///< what the library has at the end
    bool disk_failed = false;
};

/// One upload over the file that is there, in a world of its own.
Outcome run(const Plan& plan, std::uint64_t seed) {
    Simulation simulation(seed);
    auto disk = std::make_unique<test::FaultyDisk>(plan.fault);
    const test::FaultyDisk& looked_at = *disk;
    test::FtpWorld world(simulation.network(), std::move(disk));
    test::SimulatedDoors& network = world.doors();
    simulation::SeededWeather changeable(simulation.random(), {});
    simulation::Weather fine;
    simulation::Weather& weather = plan.ending == Ending::killed ? fine : changeable;
    simulation::Network::Ends ends = simulation.network().connect(weather, weather);
    const std::size_t descriptors = test::open_descriptors();
    Outcome outcome;
    simulation.host("server", world.serve(std::move(ends.server)));
    simulation.host("client", upload(plan, network, outcome.heard, std::move(ends.client)));
    simulation.run();
    network.client_end.reset();
    CHECK(simulation.network().open() == 0);
    CHECK(simulation.network().unannounced() == 0);
    CHECK(test::open_descriptors() == descriptors);
    outcome.disk_failed = looked_at.has_failed();
    outcome.file = world.file();
    CHECK(world.names() == 1);
    return outcome;
}

bool said(const Outcome& outcome, const std::string& code) {
    return outcome.heard.find("\r\n" + code + ' ') != std::string::npos;
}

} // namespace

TEST_SUITE("simulation/ftp_upload") {
    TEST_CASE("an upload that is cut after any byte leaves the old file, and nothing else") {
        for (const Ending ending : {Ending::reset, Ending::abort, Ending::gone})
            for (std::size_t sent = 0; sent <= content.size(); ++sent) {
                CAPTURE(sent);
                CAPTURE(static_cast<int>(ending));
                const Outcome outcome = run({sent, ending, {}}, sent + 1);
                CHECK(outcome.file == old);
                CHECK((ending == Ending::gone || said(outcome, "426")));
                CHECK((ending != Ending::abort || said(outcome, "226")));
                CHECK((ending == Ending::gone || said(outcome, "221")));
            }
    }

    TEST_CASE("an upload whose client is killed leaves the old file, though its data ended well") {
        struct Death {
            Clock::duration lasts, gap;
        };
        for (const Death& death : {Death{0s, 0s}, {0s, 900us}, {1s, 9ms}, {60s, 90ms}})
            for (std::size_t sent = 0; sent <= content.size(); sent += 10) {
                CAPTURE(sent);
                CAPTURE(death.gap.count());
                const Plan plan = {sent, Ending::killed, {}, death.lasts, death.gap};
                CHECK(run(plan, sent + 1).file == old);
            }
    }

    TEST_CASE("an upload that ends properly is the new file, in every order of events") {
        for (std::uint64_t seed = 1; seed <= 100; ++seed) {
            CAPTURE(seed);
            const Outcome outcome = run({}, seed);
            CAPTURE(outcome.heard);
            CHECK(outcome.file == content);
            CHECK(said(outcome, "226"));
        }
    }

    TEST_CASE(
        "a disk that is full at any operation is 452, the old file stays, the session lives") {
        for (int failing = 1;; ++failing) {
            CAPTURE(failing);
            const Outcome outcome =
                run({content.size(), Ending::proper, {failing, ENOSPC, false, 10}},
                    static_cast<std::uint64_t>(failing));
            if (!outcome.disk_failed) {
                CHECK(failing > 8);
                break;
            }
            CHECK(said(outcome, "452"));
            CHECK((failing == 1 || said(outcome, "221")));
            // The last operation makes the new name safe.
            CHECK((outcome.file == old || outcome.file == content));
        }
    }
}

} // namespace tern::ftp_upload_test
