#include "servers/chat/web_requests.h"

#include "common/protocol/chat/text.h"
#include "servers/chat/request.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace tern::chat {
namespace {

using nlohmann::json;

constexpr std::size_t longest_label = 64;
constexpr std::uint64_t most_history = 200;

/// What may stand in a request, and is text or a number without a sign in each.
constexpr std::array text_fields = {"request", "label", "name",   "token", "text",
                                    "room",    "to",    "manner", "key"};
constexpr std::array number_fields = {"received", "before", "after", "most"};

/// A message's fields; what is missing is empty.
class Fields {
public:
    explicit Fields(const json& object) noexcept : object_(object) {}

    std::string_view text(const char* name) const {
        const auto found = object_.find(name);
        return found != object_.end() ? std::string_view(found->get_ref<const std::string&>())
                                      : std::string_view();
    }
    std::uint64_t number(const char* name, std::uint64_t otherwise) const {
        const auto found = object_.find(name);
        return found != object_.end() ? found->get<std::uint64_t>() : otherwise;
    }
    bool has(const char* name) const { return object_.contains(name); }
    /// Whoever took a field of another type for a missing one would say to all what is for one.
    bool are_of_their_types() const {
        const auto is_good = [this](const char* name, auto is_of_type) {
            const auto found = object_.find(name);
            return found == object_.end() || is_of_type(*found);
        };
        const auto is_text = [](const json& value) { return value.is_string(); };
        const auto is_number = [](const json& value) { return value.is_number_unsigned(); };
        return std::all_of(text_fields.begin(), text_fields.end(),
                           [&](const char* name) { return is_good(name, is_text); }) &&
               std::all_of(number_fields.begin(), number_fields.end(),
                           [&](const char* name) { return is_good(name, is_number); });
    }
    /// Of what is sent on, no text may do harm at a terminal.
    bool is_harmless() const {
        return std::none_of(object_.begin(), object_.end(), [](const json& value) {
            return value.is_string() && fault_of(value.get_ref<const std::string&>());
        });
    }

private:
    const json& object_;
};

void read_say(const Fields& fields, Request& request) {
    request.room = fields.text("room");
    request.target = fields.text("to");
    request.text = fields.text("text");
    if (fields.text("manner") == "action")
        request.number = static_cast<std::uint64_t>(Manner::action);
}

void read_room_and_text(const Fields& fields, Request& request) {
    request.room = fields.text("room");
    request.text = fields.text(request.kind == Request::Kind::join ? "key" : "text");
    if (request.kind == Request::Kind::topic)
        request.number = fields.has("text") ? 1 : 0;
}

void read_name(const Fields& fields, Request& request) { request.target = fields.text("name"); }

void read_text(const Fields& fields, Request& request) { request.text = fields.text("text"); }

void read_resume(const Fields& fields, Request& request) {
    request.target = fields.text("token");
    request.number = fields.number("received", 0);
}

void read_ignore(const Fields& fields, Request& request) {
    request.target = fields.text("name");
    request.number = 2;
}

void read_nothing(const Fields& /*fields*/, Request& /*request*/) {}

struct Entry {
    std::string_view name;
    Request::Kind kind;
    void (*read)(const Fields&, Request&);
};

constexpr std::array entries = {
    Entry{"enter", Request::Kind::enter, read_name},
    Entry{"resume", Request::Kind::resume, read_resume},
    Entry{"rename", Request::Kind::rename, read_name},
    Entry{"say", Request::Kind::say, read_say},
    Entry{"join", Request::Kind::join, read_room_and_text},
    Entry{"part", Request::Kind::part, read_room_and_text},
    Entry{"topic", Request::Kind::topic, read_room_and_text},
    Entry{"members", Request::Kind::names, read_room_and_text},
    Entry{"rooms", Request::Kind::rooms, read_nothing},
    Entry{"person", Request::Kind::whois, read_name},
    Entry{"history", Request::Kind::history, read_room_and_text},
    Entry{"ignore", Request::Kind::ignore, read_ignore},
    Entry{"away", Request::Kind::away, read_text},
    Entry{"quit", Request::Kind::quit, read_text},
};

/// "before ID" and so on; the text for it lives in `scratch`.
void read_history(const Fields& fields, Request& request, std::string& scratch) {
    request.number = std::min(fields.number("most", 50), most_history);
    scratch = "latest";
    for (const char* const which : {"before", "after"})
        if (fields.has(which))
            scratch = std::string(which) + ' ' + std::to_string(fields.number(which, 0));
    request.text = scratch;
}

WebRequest faulty(WebRequest request, std::string_view fault) {
    request.kind = WebRequest::Kind::faulty;
    request.fault = fault;
    return request;
}

} // namespace

WebRequest read_web_request(std::string_view text, bool has_name) {
    WebRequest result;
    const json message = json::parse(text, nullptr, false);
    if (!message.is_object())
        return faulty(std::move(result), "not_an_object");
    const Fields fields(message);
    if (!fields.are_of_their_types())
        return faulty(std::move(result), "wrong_arguments");
    if (!fields.is_harmless())
        return faulty(std::move(result), "text_control");
    result.label = fields.text("label").substr(0, longest_label);
    const std::string_view name = fields.text("request");
    if (name == "ping") {
        result.kind = WebRequest::Kind::ping;
        return result;
    }
    const auto* const entry = std::find_if(entries.begin(), entries.end(),
                                           [&](const Entry& one) { return one.name == name; });
    if (entry == entries.end())
        return faulty(std::move(result), "unknown_command");
    const bool enters = entry->kind == Request::Kind::enter || entry->kind == Request::Kind::resume;
    if (enters == has_name)
        return faulty(std::move(result), has_name ? "named_already" : "not_named_yet");
    // Words whose addressee is not clear are said to nobody.
    const bool has_addressee = !fields.text("room").empty() || !fields.text("to").empty();
    if (entry->kind == Request::Kind::say &&
        (!has_addressee || fields.has("room") == fields.has("to")))
        return faulty(std::move(result), "wrong_arguments");
    Request request;
    request.kind = entry->kind;
    request.label = result.label;
    entry->read(fields, request);
    std::string scratch;
    if (request.kind == Request::Kind::history)
        read_history(fields, request, scratch);
    result.kind = enters ? WebRequest::Kind::enter : WebRequest::Kind::hub;
    result.encoded = encode(request);
    return result;
}

} // namespace tern::chat
