#pragma once
// A group of threads that live and die together: where one fails, all are stopped, and the
// failure surfaces where the group is run.

#include "common/base/log.h"
#include "common/strategy/stop_signal.h"

#include <condition_variable>
#include <cstddef>
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

    /// Called by each worker once it has all that it needs; returns when `workers` of them have, or
    /// one has failed. Else the first one's clients could take what the others have yet to open.
    void wait_for_all(std::size_t workers);

private:
    void guarded(const std::function<void()>& work) noexcept;
    void fail(std::exception_ptr failure) noexcept;
    void give_up() noexcept;
    void join_all();

    StopSignal& stop_;
    Log& log_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t ready_ = 0;      ///< guarded by mutex_, as are:
    bool gives_up_ = false;      ///< nobody need wait for anybody
    std::exception_ptr failure_; ///< the first one
    std::vector<std::thread> threads_;
};

} // namespace tern::strategy
