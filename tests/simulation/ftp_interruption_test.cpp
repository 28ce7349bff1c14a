// Transfers that something befalls at every single wait of the server: ABOR, a client that is gone,
// a data connection that breaks, the end of the session itself. The library holds only whole files
// then, every ABOR is answered in order, and nothing leaks.

#include "tests/simulation/ftp_world.h"

#include "common/session/session.h"
#include "tests/ftp/faulty_disk.h"

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace tern::ftp_interruption_test {

using namespace tern;
using Outcome = net::Progress::Outcome;

namespace {

const std::string content = "new lines, in the place of the old ones\n";
const std::string& old = test::FtpWorld::old;

enum class Event : unsigned char {
    nothing,
    abort,
    abort_later, ///< behind a command that waits
    control_breaks,
    data_breaks,
    destruction,
};

/// One transfer. Links are narrow, so that the server waits often.
class TransferRun final : private Waker {
public:
    TransferRun(const std::string& command, Event event, std::size_t at);
    ~TransferRun() override { session_.reset(); }
    TransferRun(const TransferRun&) = delete;
    TransferRun& operator=(const TransferRun&) = delete;

    /// Until the session is over; it must come to that by its deadlines at the latest.
    void run();

    std::size_t waits() const noexcept { return waits_; }
    bool leaks_descriptors() const { return test::open_descriptors() != descriptors_; }
    const std::string& heard() const noexcept { return heard_; }
    const std::string& received() const noexcept { return received_; }
    bool has_all() const noexcept { return has_all_; } ///< the data connection has ended properly
    bool heard_code(const std::string& code) const {
        return heard_.find("\r\n" + code + ' ') != std::string::npos;
    }
    bool is_announced() const { return heard_code("150"); }
    bool is_confirmed() const { return heard_.find("226 The transfer") != std::string::npos; }
    const test::FtpWorld& world() const noexcept { return world_; }
    const simulation::Network& network() const noexcept { return network_; }

private:
    void wake() noexcept override { woken_ = true; }
    void closing(int descriptor) noexcept override { network_.closing(descriptor); }

    bool is_ready();
    void resume();
    void happen();
    bool talk();
    bool move_data();
    bool hear();

    const bool is_upload_;
    const Event event_;
    const std::size_t at_;
    simulation::VirtualTime time_;
    simulation::Network network_;
    simulation::Weather fine_;
    test::FtpWorld world_;
    const std::size_t descriptors_;
    std::unique_ptr<simulation::SimulatedTransport> control_, data_;
    std::optional<Session> session_;
    Wait* wait_ = nullptr;
    std::size_t waits_ = 0;
    bool woken_ = false;
    std::string to_say_;
    std::string heard_ = "\r\n";
    std::string_view to_send_ = content;
    std::string received_;
    bool has_all_ = false;
    bool was_connected_ = false;
    bool has_quit_ = false;
};

/// Of which the server's waits are many.
simulation::LinkSetup narrow(std::size_t bytes) {
    simulation::LinkSetup setup;
    setup.capacity = bytes;
    return setup;
}

/// Moves bytes into a link, and takes them off `text`. True: some.
bool put(simulation::SimulatedTransport& into, std::string_view& text) {
    const std::string bytes(text);
    const iovec piece = {const_cast<char*>(bytes.data()), bytes.size()};
    const net::Progress progress = into.write({&piece, 1});
    text.remove_prefix(progress.bytes);
    return progress.outcome == Outcome::moved;
}

TransferRun::TransferRun(const std::string& command, Event event, std::size_t at)
    : is_upload_(command != "RETR"), event_(event), at_(at), network_(time_),
      world_(network_, std::make_unique<test::FaultyDisk>(test::DiskFault{.most = 7}), narrow(5)),
      descriptors_(test::open_descriptors()),
      to_say_("USER ftp\r\nPASS x\r\nTYPE I\r\nEPSV\r\n" + command + " file\r\n") {
    simulation::Network::Ends ends = network_.connect(fine_, fine_, narrow(16));
    control_ = std::move(ends.client);
    session_.emplace(world_.serve(std::move(ends.server)));
    session_->set_waker(*this);
    session_->set_time(time_);
}

void TransferRun::run() {
    for (std::size_t steps = 0; session_; ++steps) {
        if (steps == 100'000)
            throw std::runtime_error("the session never comes to rest");
        if (is_ready()) {
            resume();
        } else if (!talk()) {
            if (wait_->deadline == no_deadline)
                throw std::runtime_error("the session waits for ever; heard " + heard_);
            time_.advance_to(wait_->deadline);
        }
    }
    while (hear() || (data_ && !is_upload_ && move_data())) {
    }
}

bool TransferRun::is_ready() {
    if (wait_ == nullptr || std::exchange(woken_, false) || wait_->deadline <= time_.now())
        return true;
    bool any = false;
    for (pollfd& interest : wait_->interests) {
        if (interest.fd < 0)
            continue;
        interest.revents = network_.poll_level(interest);
        any = any || interest.revents != 0;
    }
    return any;
}

void TransferRun::resume() {
    wait_ = session_->resume();
    if (wait_ == nullptr)
        return session_.reset();
    for (pollfd& interest : wait_->interests) {
        if (interest.fd >= 0)
            network_.watch(interest);
        interest.revents = 0;
    }
    if (++waits_ == at_)
        happen();
}

void TransferRun::happen() {
    switch (event_) {
    case Event::nothing:
        break;
    case Event::abort:
        to_say_ += "ABOR\r\n";
        break;
    case Event::abort_later:
        to_say_ += "PWD\r\nABOR\r\n";
        break;
    case Event::control_breaks:
        control_->reset();
        break;
    case Event::data_breaks:
        if (data_)
            data_->reset();
        break;
    case Event::destruction:
        wait_ = nullptr;
        session_.reset();
        break;
    }
}

/// The client's next step. False: it waits.
bool TransferRun::talk() {
    if (hear())
        return true;
    if (!to_say_.empty()) {
        std::string_view left = to_say_;
        const bool some = put(*control_, left);
        to_say_ = left;
        if (some)
            return true;
    }
    if (!data_ && is_announced() && !was_connected_) {
        data_ = std::move(world_.doors().client_end);
        was_connected_ = true;
        return data_ != nullptr;
    }
    if (data_ && move_data())
        return true;
    const bool is_answered = heard_code("226") || heard_code("426");
    if (!has_quit_ && is_answered && to_say_.empty()) {
        has_quit_ = true;
        to_say_ = "QUIT\r\n";
        return true;
    }
    return false;
}

bool TransferRun::hear() {
    std::array<char, 64> bytes;
    const net::Progress progress = control_->read(bytes);
    heard_.append(bytes.data(), progress.bytes);
    return progress.outcome == Outcome::moved;
}

bool TransferRun::move_data() {
    if (is_upload_ && !to_send_.empty())
        return put(*data_, to_send_);
    if (is_upload_) {
        data_.reset(); // RFC 959 §3.3: the end of the connection is the end of the file
        return true;
    }
    std::array<char, 64> bytes;
    const net::Progress progress = data_->read(bytes);
    received_.append(bytes.data(), progress.bytes);
    has_all_ = has_all_ || progress.outcome == Outcome::ended;
    if (progress.outcome == Outcome::ended)
        data_.reset();
    return progress.outcome == Outcome::moved || progress.outcome == Outcome::ended;
}

/// What must be true whatever has happened, and wherever.
void check(const TransferRun& run, const std::string& command) {
    const std::string whole = command == "APPE" ? old + content : content;
    CAPTURE(run.heard());
    CHECK(run.world().names() == 1);
    CHECK_FALSE(run.leaks_descriptors());
    CHECK(run.network().unannounced() == 0);
    if (command == "RETR") {
        CHECK(run.world().file() == old);
        CHECK((!run.is_confirmed() || !run.has_all() || run.received() == old));
    } else {
        const std::string file = run.world().file();
        CHECK((file == whole || (file == old && !run.is_confirmed())));
    }
}

/// At each wait in turn. Returns how many there were.
template <class Look>
std::size_t at_each_wait(const std::string& command, Event event, Look look) {
    std::size_t at = 1;
    for (bool happened = true; happened; ++at) {
        CAPTURE(command);
        CAPTURE(at);
        TransferRun run(command, event, at);
        run.run();
        happened = run.waits() >= at;
        check(run, command);
        look(run);
    }
    return at - 2;
}

constexpr std::array commands = {"STOR", "APPE", "RETR"};

} // namespace

TEST_SUITE("simulation/ftp_interruption") {
    TEST_CASE("a transfer that nothing befalls is complete, with many waits") {
        for (const std::string command : commands) {
            TransferRun run(command, Event::nothing, 0);
            run.run();
            check(run, command);
            CHECK(run.is_confirmed());
            CHECK(run.has_all() == (command == "RETR"));
            CHECK(run.heard_code("221"));
            CHECK(run.waits() > 15);
        }
    }

    TEST_CASE("ABOR at any wait is answered, and all or nothing of a file is there") {
        for (const std::string command : commands)
            for (const Event event : {Event::abort, Event::abort_later}) {
                std::size_t aborted = 0;
                const std::size_t waits = at_each_wait(command, event, [&](const TransferRun& run) {
                    CHECK(run.heard_code("226"));
                    // RFC 959 §4.1.3: 426, then 226; not one without the other.
                    CHECK((run.heard_code("426") != run.is_confirmed()));
                    CHECK(run.heard_code("221"));
                    aborted += run.heard_code("426") ? 1U : 0U;
                });
                CHECK(waits > 15);
                CHECK(aborted > 3);
            }
    }

    TEST_CASE("a control or data connection that breaks at any wait leaves whole files") {
        for (const std::string command : commands)
            for (const Event event : {Event::control_breaks, Event::data_breaks})
                CHECK(at_each_wait(command, event, [](const TransferRun&) {}) > 15);
    }

    TEST_CASE("a session that is destroyed at any wait leaves whole files, and nothing open") {
        for (const std::string command : commands)
            CHECK(at_each_wait(command, Event::destruction, [](const TransferRun&) {}) > 15);
    }
}

} // namespace tern::ftp_interruption_test
