#pragma once
// A runner in the hub's own process: a reactor, a client's thread, a pool of workers.

#include "common/hub/local_hub.h"
#include "common/hub/runner.h"
#include "common/session/waker.h"

#include <mutex>
#include <unordered_map>
#include <vector>

namespace tern {

class LocalRunner final : public Runner, private Inbox {
public:
    /// `hub` may be null where a service shares nothing. `postman` is woken when post arrives and
    /// then has to call deliver_post(). Both outlive the runner.
    LocalRunner(LocalHub* hub, Waker& postman) noexcept
        : hub_(hub), postman_(postman), heap_(hub != nullptr ? &hub->congestion() : nullptr) {}

    Member enter(Mailbox& mailbox) override;
    void tell(Member from, std::string_view message) override;
    void leave(Member member) noexcept override;
    bool is_congested() const noexcept override {
        return hub_ != nullptr && hub_->congestion().exists();
    }
    void deliver_post() override;

private:
    void post(Parcel parcel) override;

    LocalHub* const hub_;
    Waker& postman_;
    std::mutex mutex_; ///< never held while calling the hub
    std::unordered_map<Member, Mailbox*> mailboxes_;
    std::mutex post_mutex_; ///< apart: nobody who posts waits for what is being handed out
    std::vector<Parcel> parcels_;
    std::size_t bytes_ = 0; ///< of the parcels
    Congestion::Heap heap_;
};

} // namespace tern
