#pragma once
// Where work is done that takes long by nature, such as hashing a password: by a few threads of its
// own, so that it never holds up the sessions of a reactor (docs/decisions/0018).
//
// The threads start with the first work, in the process that has it: sessions only run where
// nobody forks any more.

#include "common/base/unique_fd.h"
#include "common/session/session.h"
#include "common/session/task.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace tern {

/// Thread-safe.
class Workshop {
public:
    explicit Workshop(unsigned most_threads) noexcept : most_threads_(most_threads) {}
    /// Waits for the work that is being done, and forgets what waits to be.
    ~Workshop();
    Workshop(const Workshop&) = delete;
    Workshop& operator=(const Workshop&) = delete;

    /// Until `work` is done, by some other thread; what it throws is lost. The session may end
    /// meanwhile: `work` owns all that it uses. Throws std::system_error.
    Task<void> run(std::function<void()> work);

private:
    struct Order;
    class Interest;
    void accept(std::shared_ptr<Order> order);
    void labour();

    const unsigned most_threads_;
    std::mutex mutex_;
    std::condition_variable has_orders_;
    /// Shared between the session that waits and the thread that works.
    std::deque<std::shared_ptr<Order>> orders_;
    std::vector<std::thread> threads_;
    unsigned idle_ = 0;
    bool closing_ = false;
};

} // namespace tern
