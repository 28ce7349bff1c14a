#include "tools/bench/chat_load/crowd.h"

#include <cerrno>
#include <utility>

namespace bench {
namespace {

std::string name_of(std::size_t index) { return "m" + std::to_string(index); }

double seconds_since(std::uint64_t begin) { return static_cast<double>(now() - begin) * 1e-9; }

} // namespace

Crowd::Crowd(const Dialect& dialect, const CrowdPlan& plan) : dialect_(dialect), plan_(plan) {
    const std::size_t count = plan_.listeners + plan_.senders;
    clients_.reserve(count);
    states_.assign(count, State::entering);
    waits_to_send_.assign(count, false);
}

std::string Crowd::room_of(std::size_t index) const {
    return "room" + std::to_string(index % plan_.rooms);
}

bool Crowd::listens(std::size_t index) const noexcept {
    return index < plan_.listeners || dialect_.senders_listen();
}

void Crowd::flush(std::size_t index) {
    const bool waits = !clients_[index].flush();
    if (waits != waits_to_send_[index])
        loop_.rewatch(clients_[index].descriptor(), static_cast<std::uint32_t>(index), waits);
    waits_to_send_[index] = waits;
}

void Crowd::keep_alive(std::size_t index, std::string_view line) {
    const std::string answer = dialect_.sign_of_life(line);
    if (answer.empty())
        return;
    clients_[index].output() += answer;
    flush(index);
}

void Crowd::connect(std::size_t index) {
    clients_.emplace_back(plan_.port, plan_.receive_buffer);
    loop_.watch(clients_[index].descriptor(), static_cast<std::uint32_t>(index));
    clients_[index].output() += dialect_.hello(name_of(index));
    flush(index);
}

void Crowd::ask_to_join(std::size_t index) {
    states_[index] = State::joining;
    if (!listens(index)) {
        states_[index] = State::joined;
        ++done_;
        return;
    }
    clients_[index].output() += dialect_.join(room_of(index));
    flush(index);
}

void Crowd::advance(std::size_t index, std::string_view line) {
    State& state = states_[index];
    if (state == State::entering && dialect_.entered(line))
        state = State::entered;
    else if (state == State::joining && dialect_.joined(line))
        state = State::joined;
    else if (state == State::entering || state == State::joining)
        return dialect_.refused(line) ? fail(std::string("refused: ").append(line)) : void();
    else
        return;
    ++done_;
}

void Crowd::ready(std::size_t index) {
    if (waits_to_send_[index])
        flush(index);
    const bool lives = clients_[index].receive(dialect_, [&](std::string_view line) {
        advance(index, line);
        keep_alive(index, line);
    });
    if (!lives) {
        errno = 0;
        fail("the server has closed the connection of " + name_of(index));
    }
}

void Crowd::until_all_are(State state) {
    begun_ = 0;
    done_ = 0;
    while (done_ < states_.size()) {
        for (; begun_ < states_.size() && begun_ < done_ + plan_.at_once; ++begun_) {
            if (state == State::entered)
                connect(begun_);
            else
                ask_to_join(begun_);
        }
        if (done_ < begun_)
            loop_.wait(0, [this](std::uint32_t index) { ready(index); });
    }
}

double Crowd::enter() {
    const std::uint64_t begin = now();
    until_all_are(State::entered);
    return seconds_since(begin);
}

double Crowd::join() {
    const std::uint64_t begin = now();
    until_all_are(State::joined);
    return seconds_since(begin);
}

} // namespace bench
