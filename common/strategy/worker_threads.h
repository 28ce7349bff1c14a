#pragma once
// A group of threads that live and die together: where one fails, all are stopped, and the
// failure surfaces where the group is run.

#include "common/base/log.h"
#include "common/strategy/stop_signal.h"

#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tern::strategy {

class WorkerThreads {
public:
    WorkerThreads(StopSignal& stop, Log& log) noexcept : stop_(stop), log_(log) {}
    /// Joins all.
    ~WorkerThreads();
    WorkerThreads(const WorkerThreads&) = delete;
    WorkerThreads& operator=(const WorkerThreads&) = delete;

    void start(std::function<void()> work);
    /// Runs `work` on this thread, joins the others, and throws the first failure of any.
    void run_here(const std::function<void()>& work);

private:
    void guarded(const std::function<void()>& work) noexcept;
    void join_all();

    StopSignal& stop_;
    Log& log_;
    std::mutex mutex_;
    std::exception_ptr failure_; ///< guarded by mutex_
    std::vector<std::thread> threads_;
};

} // namespace tern::strategy
