#pragma once
// Many members, grouped by what their clients are told in the same bytes.

#include "common/hub/hub.h"
#include "servers/chat/guest.h"

#include <memory>
#include <vector>

namespace tern::chat {

class Crowd {
public:
    struct Group {
        Voice voice;
        Circle circle;
    };

    void add(const Guest& guest, Deliveries& deliveries) {
        deliveries.join(group_of(guest.voice).circle, guest.id);
    }
    void remove(const Guest& guest, Deliveries& deliveries) {
        std::erase_if(groups_, [&](const std::unique_ptr<Group>& group) {
            if (group->voice != guest.voice)
                return false;
            deliveries.leave(group->circle, guest.id);
            return group->circle.empty();
        });
    }
    const std::vector<std::unique_ptr<Group>>& groups() const noexcept { return groups_; }

private:
    Group& group_of(const Voice& voice) {
        for (const std::unique_ptr<Group>& group : groups_)
            if (group->voice == voice)
                return *group;
        groups_.push_back(std::make_unique<Group>());
        groups_.back()->voice = voice;
        return *groups_.back();
    }

    std::vector<std::unique_ptr<Group>> groups_;
};

} // namespace tern::chat
