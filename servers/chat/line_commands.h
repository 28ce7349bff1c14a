#pragma once
// What the lines of one member mean: requests to the hub, or an answer at once.
//
// The same for a TCP session and for a member who comes by UDP.

#include "common/protocol/chat/command.h"
#include "servers/chat/door.h"

#include <string>
#include <string_view>

namespace tern::chat {

class LineCommands {
public:
    /// `context` outlives it.
    explicit LineCommands(const DoorContext& context) noexcept : context_(context) {}

    /// What is to be done about a line.
    struct Outcome {
        std::string request;                 ///< encoded, for the hub; empty: none
        std::string reply;                   ///< for the client, at once; empty: none
        std::string operator_name, password; ///< of /oper: to be checked
    };
    /// A line of a member who has a name, or the name itself of one who has not.
    Outcome take(std::string_view line, bool has_name) const;
    /// Why a line is not even looked at.
    std::string refusal(Refusal refusal, std::string_view target = {}) const;

    /// Why a line is too long, or a name.
    std::string refusal_of_length(bool has_name) const;

    const DoorContext& context() const noexcept { return context_; }

private:
    struct Entry;
    static const Entry* find(std::string_view name) noexcept;
    Outcome obey(const Command& command) const;

    const DoorContext& context_;
};

/// Whether this name and password are those of an operator: the hash to check, for unknown names
/// another's, so that it takes the same time; empty if there are no operators.
std::string hash_to_check(const DoorSettings& settings, std::string_view name, bool& is_known);

} // namespace tern::chat
