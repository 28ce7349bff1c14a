// The HTTP server and its clients, in every weather.

#include "tests/simulation/http_site.h"
#include "tests/simulation/line_client.h"
#include "tests/simulation/seeds.h"

#include "common/simulation/simulation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

namespace tern::http_test {

using namespace tern;
using namespace std::chrono_literals;
using simulation::Simulation;
using test::require;

namespace {

/// What a client asks, and what it should hear.
struct Question {
    std::string text;
    std::string status;
    std::string body;
    bool is_head = false;
};

struct Client {
    simulation::SeededWeather weather;
    std::vector<Question> questions;
    test::ClientPlan plan;
    test::ClientRecord record = {};
    bool is_calm = true;
};

/// Takes the first response from `heard`, and compares. False if it is not all there.
bool take_response(std::string& heard, const Question& question) {
    const std::size_t head_end = heard.find("\r\n\r\n");
    const std::string start = "HTTP/1.1 " + question.status;
    require(heard.starts_with(start.substr(0, heard.size())), "wrong status: " + heard);
    if (head_end == std::string::npos)
        return false;
    const std::size_t length_at = heard.find("Content-Length: ");
    require(length_at < head_end, "no length: " + heard);
    const std::size_t length = std::stoul(heard.substr(length_at + 16));
    const std::size_t size = question.is_head ? 0 : length;
    const std::string body = heard.substr(head_end + 4, size);
    if (question.status.starts_with("200")) {
        require(length == question.body.size(), "wrong length: " + heard);
        require(question.is_head || question.body.starts_with(body), "wrong body");
    }
    if (body.size() < size)
        return false;
    heard.erase(0, head_end + 4 + size);
    return true;
}

class HttpWorld {
public:
    HttpWorld(test::HttpSite& site, std::uint64_t seed) : site_(site), simulation_(seed) {}

    void run() {
        simulation::Random& random = simulation_.random();
        for (std::size_t number = random.between(1, 4); number > 0; --number)
            add_client(number);
        if (random.once_in(4)) {
            for (Client& client : clients_)
                client.is_calm = false;
            simulation_.at(some_time(), [this] { simulation_.finish_all(); });
        }
        simulation_.run();
        for (Client& client : clients_)
            check(client);
        require(simulation_.network().open() == 0, "ends are left open");
        require(simulation_.network().unannounced() == 0, "a descriptor died unannounced");
    }

private:
    static Task<void> serve(test::HttpSite& site, std::unique_ptr<net::Transport> transport) {
        Session& session = co_await this_session();
        net::Connection connection(session, std::move(transport), {});
        co_await site.serve(connection);
        co_await connection.close(2s);
    }

    void add_client(std::size_t number) {
        simulation::Random& random = simulation_.random();
        simulation::SeededWeather::Climate climate;
        climate.longest_portion = random.once_in(2) ? random.between(1, 300) : 5000;
        climate.longest_delay = std::chrono::milliseconds(random.between(0, 10));
        climate.reset_once_in = random.once_in(4) ? 500 : 0;
        Client& client =
            clients_.emplace_back(Client{simulation::SeededWeather(random, climate), {}, {}});
        client.is_calm = climate.reset_once_in == 0;
        make_plan(client);
        simulation::LinkSetup setup;
        setup.capacity = random.once_in(2) ? random.between(50, 5000) : 65536;
        setup.reads_ahead = random.once_in(3);
        auto ends = simulation_.network().connect(client.weather, client.weather, setup);
        const std::string name = std::to_string(number);
        simulation_.host("server " + name, serve(site_, std::move(ends.server)));
        simulation_.host("client " + name,
                         test::talk(client.plan, client.record, std::move(ends.client)));
        if (!random.once_in(8))
            return;
        client.is_calm = false;
        const std::string victim = (random.once_in(2) ? "client " : "server ") + name;
        simulation_.at(some_time(), [this, victim] { simulation_.abandon(victim); });
    }

    Clock::time_point some_time() {
        return simulation_.time().now() +
               std::chrono::milliseconds(simulation_.random().between(0, 10'000));
    }

    void make_plan(Client& client) {
        simulation::Random& random = simulation_.random();
        for (std::size_t speeches = random.between(1, 4); speeches > 0; --speeches) {
            test::Speech speech;
            speech.pause =
                std::chrono::milliseconds(random.once_in(2) ? 0 : random.between(0, 20'000));
            for (std::size_t questions = random.between(1, 4); questions > 0; --questions) {
                client.questions.push_back(ask(random));
                speech.text += client.questions.back().text;
            }
            client.plan.speeches.push_back(std::move(speech));
        }
        client.plan.ends_its_side = !random.once_in(4);
    }

    static Question ask(simulation::Random& random) {
        const auto get = [](const std::string& path) {
            return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
        };
        switch (random.below(8)) {
        case 0:
            return {get("/stored"), "200 OK", test::HttpSite::stored()};
        case 1:
            return {get("/file"), "200 OK", test::HttpSite::file()};
        case 2:
            return {get("/nothing"), "404 Not Found", ""};
        case 3:
            return {"HEAD /file HTTP/1.1\r\nHost: a\r\n\r\n", "200 OK", test::HttpSite::file(),
                    true};
        case 4:
            return post(random);
        case 5:
            return random.once_in(10) ? Question{get("/large"), "200 OK", test::HttpSite::large()}
                                      : Question{get("/bug"), "500 Internal Server Error", ""};
        default:
            return {get("/hello"), "200 OK", "hello"};
        }
    }

    static Question post(simulation::Random& random) {
        std::string body(random.between(1, 2000), '\0');
        for (char& byte : body)
            byte = static_cast<char>(random.below(256));
        const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\n";
        if (random.once_in(2))
            return {head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
                    "200 OK", body};
        std::string chunks;
        for (std::size_t at = 0; at < body.size();) {
            const std::size_t size = std::min(body.size() - at, random.between(1, 700));
            chunks += hexadecimal(size) + "\r\n" + body.substr(at, size) + "\r\n";
            at += size;
        }
        return {head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n", "200 OK", body};
    }

    static std::string hexadecimal(std::size_t number) {
        std::string digits;
        for (; number > 0; number /= 16)
            digits.insert(digits.begin(), "0123456789abcdef"[number % 16]);
        return digits;
    }

    static void check(Client& client) {
        std::string heard = client.record.heard;
        std::size_t answered = 0;
        while (!heard.empty() && answered < client.questions.size() &&
               take_response(heard, client.questions[answered]))
            ++answered;
        if (!client.is_calm)
            return;
        require(client.record.ended, "the server did not end its side cleanly");
        require(answered == client.questions.size(), "not all was answered: " + heard);
        require(heard.empty(), "more than was asked for: " + heard);
    }

    test::HttpSite& site_;
    std::deque<Client> clients_; ///< before the simulation, whose sessions refer to them
    Simulation simulation_;
};

} // namespace

TEST_SUITE("simulation/http") {
    TEST_CASE("in every weather: no hang, no wrong byte, nothing left") {
        test::HttpSite site;
        test::for_each_seed("http", [&](std::uint64_t seed) { HttpWorld(site, seed).run(); });
    }
}

} // namespace tern::http_test
