#include "tests/simulation/ftp_world.h"

#include "common/net/connection.h"
#include "generated/ftp_schema.h"

#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace tern::test {

const std::string FtpWorld::old = "what was there before\n";

class FtpWorld::NoHub final : public Runner {
public:
    Member enter(Mailbox&) override { throw std::logic_error("no hub"); }
    void tell(Member, std::string_view) override {}
    void leave(Member) noexcept override {}
    void deliver_post() override {}
};

Configuration FtpWorld::configuration() const {
    std::filesystem::create_directory(folder_ / "library");
    write_file(folder_ / "library/file", old);
    write_file(folder_ / "ftp.json", R"({"listeners": [{"name": "a"}], "anonymous":
        {"home": "library", "rights": ["list", "read", "write", "append"]}})");
    return Configuration::load(folder_ / "ftp.json", generated::ftp_schema);
}

FtpWorld::FtpWorld(simulation::Network& network, std::unique_ptr<ftp::UploadDisk> disk,
                   simulation::LinkSetup data)
    : configuration_(configuration()), log_(LogSettings{LogLevel::off}),
      runner_(std::make_unique<NoHub>()) {
    auto doors = std::make_unique<SimulatedDoors>(network, std::move(data));
    doors_ = doors.get();
    service_ = std::make_unique<ftp::FtpService>(
        ftp::settings_from(configuration_), std::make_unique<ftp::UserBook>(configuration_, log_),
        nullptr, nullptr, metrics_, log_, ftp::Surroundings{std::move(disk), std::move(doors)});
}

FtpWorld::~FtpWorld() = default;

Task<void> FtpWorld::serve(std::unique_ptr<net::Transport> transport) {
    Session& session = co_await this_session();
    net::Endpoints endpoints;
    endpoints.local = endpoints.peer = *net::Address::parse("127.0.0.1", 21);
    net::Connection connection(session, std::move(transport), std::move(endpoints));
    co_await service_->serve(connection, *runner_);
    const std::chrono::seconds closing_patience{2};
    co_await connection.close(closing_patience);
}

std::size_t FtpWorld::names() const {
    const std::filesystem::directory_iterator all(folder_ / "library");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

} // namespace tern::test
