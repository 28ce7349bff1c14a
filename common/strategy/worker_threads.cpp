#include "common/strategy/worker_threads.h"

#include <utility>

namespace tern::strategy {

WorkerThreads::~WorkerThreads() {
    if (!threads_.empty()) // an exception is on its way: do not wait for a stop that never comes
        give_up();
    join_all();
}

void WorkerThreads::start(std::function<void()> work) {
    threads_.emplace_back([this, work = std::move(work)] { guarded(work); });
}

void WorkerThreads::run_here(const std::function<void()>& work) {
    guarded(work);
    join_all();
    if (failure_)
        std::rethrow_exception(failure_);
}

void WorkerThreads::guarded(const std::function<void()>& work) noexcept {
    try {
        work();
    } catch (const std::exception& error) {
        log_.error("a worker failed: {}", error.what());
        fail(std::current_exception());
    } catch (...) {
        log_.error("a worker failed");
        fail(std::current_exception());
    }
}

void WorkerThreads::fail(std::exception_ptr failure) noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (!failure_)
            failure_ = std::move(failure);
    }
    give_up();
}

void WorkerThreads::give_up() noexcept {
    stop_.request();
    const std::lock_guard lock(mutex_);
    gives_up_ = true;
    changed_.notify_all();
}

void WorkerThreads::wait_for_all(std::size_t workers) {
    std::unique_lock lock(mutex_);
    ++ready_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return ready_ >= workers || gives_up_; });
}

void WorkerThreads::join_all() {
    for (std::thread& thread : threads_)
        thread.join();
    threads_.clear();
}

} // namespace tern::strategy
