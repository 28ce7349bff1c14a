#include "common/strategy/worker_threads.h"

namespace tern::strategy {

WorkerThreads::~WorkerThreads() {
    if (!threads_.empty()) // an exception is on its way: do not wait for a stop that never comes
        stop_.request();
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
        return;
    } catch (const std::exception& error) {
        log_.error("a worker failed: {}", error.what());
    } catch (...) {
        log_.error("a worker failed");
    }
    const std::lock_guard lock(mutex_);
    if (!failure_)
        failure_ = std::current_exception();
    stop_.request();
}

void WorkerThreads::join_all() {
    for (std::thread& thread : threads_)
        thread.join();
    threads_.clear();
}

} // namespace tern::strategy
