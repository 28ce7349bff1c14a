#include "common/protocol/irc/target_list.h"

namespace tern::irc {

std::vector<std::string_view> split_targets(std::string_view list) {
    std::vector<std::string_view> targets;
    while (!list.empty()) {
        const std::string_view target = list.substr(0, list.find(','));
        list.remove_prefix(target.size() < list.size() ? target.size() + 1 : list.size());
        if (!target.empty())
            targets.push_back(target);
    }
    return targets;
}

} // namespace tern::irc
