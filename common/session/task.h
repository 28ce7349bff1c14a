#pragma once
// Task<T>: a lazily started coroutine, run by a Session's trampoline.
//
// Awaiting a child makes the child the session's innermost frame and suspends; the loop in
// Session::resume() then runs it. No symmetric transfer, so the stack does not grow in any build
// (docs/decisions/0002), and no atomics: one thread at a time runs a session.
//
// GCC 12 miscompiles everyday co_await expressions; a co_await stands alone, in one of the four
// statement forms of docs/decisions/0003. tools/await_lint.py rejects the rest.

#include "common/session/wait.h"

#include <concepts>
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace tern {

class Session;

namespace detail {

/// What every frame knows: whose it is, and who awaits it.
struct Frame {
    Session* session = nullptr;
    std::coroutine_handle<> parent;
    std::exception_ptr failure;
};

/// Makes `handle` the innermost frame of `session`.
void enter_frame(Session& session, std::coroutine_handle<> handle) noexcept;

/// Ends the innermost frame: its parent runs next.
struct ReturnToParent {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) const noexcept {
        const Frame& frame = handle.promise();
        enter_frame(*frame.session, frame.parent);
    }
    void await_resume() const noexcept {}
};

struct PromiseBase : Frame {
    std::suspend_always initial_suspend() const noexcept { return {}; }
    ReturnToParent final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { failure = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
    std::optional<T> value;

    template <std::convertible_to<T> U>
    void return_value(U&& returned) {
        value.emplace(std::forward<U>(returned));
    }
    T take() {
        if (failure)
            std::rethrow_exception(failure);
        return std::move(*value);
    }
};

template <>
struct Promise<void> : PromiseBase {
    void return_void() const noexcept {}
    void take() const {
        if (failure)
            std::rethrow_exception(failure);
    }
};

} // namespace detail

/// A coroutine that yields a T. Owns its frame; destroying it destroys the frame, and by RAII
/// all that the frame holds, its awaited children included.
template <class T = void>
class [[nodiscard]] Task {
public:
    struct promise_type : detail::Promise<T> {
        Task get_return_object() noexcept {
            return Task(std::coroutine_handle<promise_type>::from_promise(*this));
        }
    };
    using Handle = std::coroutine_handle<promise_type>;

    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    ~Task() {
        if (handle_)
            handle_.destroy();
    }

    struct Awaiter {
        Handle child;
        bool await_ready() const noexcept { return false; }
        template <class Parent>
        void await_suspend(std::coroutine_handle<Parent> parent) const noexcept {
            detail::Frame& frame = child.promise();
            frame.session = static_cast<detail::Frame&>(parent.promise()).session;
            frame.parent = parent;
            detail::enter_frame(*frame.session, child);
        }
        T await_resume() const { return child.promise().take(); }
    };
    /// Runs the child to its end, then yields its value or throws what it threw.
    Awaiter operator co_await() && noexcept { return {handle_}; }

private:
    friend class Session;
    explicit Task(Handle handle) noexcept : handle_(handle) {}

    Handle handle_;
};

} // namespace tern
