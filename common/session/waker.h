#pragma once
// What a strategy offers to a session that it hosts, besides running it.

namespace tern {

class Waker {
public:
    virtual ~Waker() = default;

    /// Makes the session's current wait, or else its next one, return at once with nothing ready.
    /// Any thread may call it.
    virtual void wake() noexcept = 0;

    /// The session is about to close a descriptor that it has waited for: forget it now, for its
    /// number may come back as another file. Called on the thread that runs the session.
    virtual void closing(int /*descriptor*/) noexcept {}
};

} // namespace tern
