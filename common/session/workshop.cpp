#include "common/session/workshop.h"

#include "common/base/result.h"

#include <signal.h> // NOLINT(modernize-deprecated-headers): pthread_sigmask is POSIX's
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <system_error>
#include <utility>

namespace tern {

struct Workshop::Order {
    std::function<void()> work;
    int bell = -1;          ///< of the session, rung once it is done
    bool is_wanted = false; ///< whether the session is there; all of this under the lock
    bool is_done = false;
};

namespace {

/// Work without the signals that are for the process.
class WithoutSignals {
public:
    WithoutSignals() noexcept {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~WithoutSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    WithoutSignals(const WithoutSignals&) = delete;
    WithoutSignals& operator=(const WithoutSignals&) = delete;

private:
    sigset_t before_;
};

} // namespace

Workshop::~Workshop() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
        orders_.clear();
    }
    has_orders_.notify_all();
    for (std::thread& thread : threads_)
        thread.join();
}

void Workshop::accept(std::shared_ptr<Order> order) {
    const std::lock_guard lock(mutex_);
    orders_.push_back(std::move(order));
    if (orders_.size() > idle_ && threads_.size() < most_threads_) {
        const WithoutSignals inherited;
        threads_.emplace_back([this] { labour(); });
    }
    has_orders_.notify_one();
}

void Workshop::labour() {
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        has_orders_.wait(lock, [this] { return closing_ || !orders_.empty(); });
        --idle_;
        if (closing_)
            return;
        const std::shared_ptr<Order> order = std::move(orders_.front());
        orders_.pop_front();
        if (!order->is_wanted)
            continue;
        const std::function<void()> work = std::move(order->work);
        lock.unlock();
        try {
            work();
        } catch (...) { // no memory, say: whoever waits finds nothing done
        }
        lock.lock();
        order->is_done = true;
        const std::uint64_t one = 1;
        if (order->is_wanted) [[maybe_unused]]
            const ssize_t written = ::write(order->bell, &one, sizeof one);
    }
}

/// A session's interest in its order, however its wait ends.
class Workshop::Interest {
public:
    Interest(Workshop& workshop, Session& session, std::function<void()> work)
        : workshop_(workshop), session_(session), bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (!bell_)
            throw std::system_error(last_error(), "eventfd");
        order_->work = std::move(work);
        order_->bell = bell_.get();
        order_->is_wanted = true;
        workshop_.accept(order_);
    }
    ~Interest() {
        session_.closing(bell_.get());
        const std::lock_guard lock(workshop_.mutex_);
        order_->is_wanted = false;
    }
    Interest(const Interest&) = delete;
    Interest& operator=(const Interest&) = delete;

    int bell() const noexcept { return bell_.get(); }
    bool is_over() const {
        const std::lock_guard lock(workshop_.mutex_);
        return order_->is_done;
    }

private:
    Workshop& workshop_;
    Session& session_;
    const UniqueFd bell_;
    const std::shared_ptr<Order> order_ = std::make_shared<Order>();
};

Task<void> Workshop::run(std::function<void()> work) {
    Session& session = co_await this_session();
    const Interest interest(*this, session, std::move(work));
    std::array<pollfd, 1> interests = {pollfd{interest.bell(), POLLIN, 0}};
    Wait wait;
    wait.interests = interests;
    while (!interest.is_over()) {
        interests[0].revents = 0;
        co_await until(wait);
    }
}

} // namespace tern
