#pragma once
// Many members, grouped by what their clients are told in the same bytes.

#include "common/hub/hub.h"
#include "servers/chat/guest.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace tern::chat {

class Crowd {
public:
    struct Group {
        Voice voice;
        Circle circle;
        std::vector<const Guest*> keepers; ///< those of them, here or cut off, with a backlog
    };

    void add(const Guest& guest, Deliveries& deliveries) {
        Group& group = group_of(guest.voice);
        deliveries.join(group.circle, guest.id);
        if (guest.way_back)
            group.keepers.push_back(&guest);
    }
    void remove(const Guest& guest, Deliveries& deliveries) {
        std::erase_if(groups_, [&](const std::unique_ptr<Group>& group) {
            if (group->voice != guest.voice)
                return false;
            deliveries.leave(group->circle, guest.id);
            drop_keeper(group->keepers, guest.id);
            return group->circle.empty() && group->keepers.empty();
        });
    }
    /// The guest's connection is gone, or there is another one: it stays, and its backlog goes on.
    void cut_off(const Guest& guest, Deliveries& deliveries) {
        deliveries.leave(group_of(guest.voice).circle, guest.id);
    }
    void connect(const Guest& guest, Deliveries& deliveries) {
        deliveries.join(group_of(guest.voice).circle, guest.id);
    }
    const std::vector<std::unique_ptr<Group>>& groups() const noexcept { return groups_; }

private:
    static void drop_keeper(std::vector<const Guest*>& keepers, Member member) {
        const auto place = std::find_if(keepers.begin(), keepers.end(),
                                        [member](const Guest* one) { return one->id == member; });
        if (place == keepers.end())
            return;
        *place = keepers.back();
        keepers.pop_back();
    }
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
