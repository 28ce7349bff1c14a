#include "servers/chat/irc_exchange.h"

#include "servers/chat/irc_command_table.h"
#include "servers/chat/irc_writer.h"

#include <utility>

namespace tern::chat {

using irc::Capability;
using irc::Numeric;

void IrcExchange::receive(std::string_view line) {
    const auto message = irc::parse_message(line);
    if (!message || stage == IrcStage::over)
        return;
    run(*message);
}

void IrcExchange::run(const irc::Message& message) {
    constexpr std::size_t longest_label = 64;
    const std::size_t begin = output.size();
    label_.clear();
    label_is_open_ = false;
    if (has(Capability::labeled_response)) {
        auto label = irc::tag_value(message.tags, "label");
        label_is_open_ = label && !label->empty() && label->size() <= longest_label &&
                         label->find('\n') == std::string::npos;
        if (label_is_open_)
            label_ = std::move(*label);
    }
    run_irc_command(*this, message);
    if (label_is_open_) // what the session answers by itself
        apply_label(output, begin, label_, settings.server_name);
    label_is_open_ = false;
}

void IrcExchange::refuse_long_line() {
    numeric(Numeric::err_inputtoolong, {"That line was too long"});
}

void IrcExchange::named() {
    name = wanted_name;
    stage = IrcStage::welcome;
}

void IrcExchange::not_named() {
    if (stage == IrcStage::entering)
        stage = IrcStage::registering;
    wanted_name = name;
}

void IrcExchange::numeric(Numeric numeric, std::initializer_list<std::string_view> parameters) {
    irc::append_numeric(output, settings.server_name, numeric, client(), parameters);
}

void IrcExchange::from_server(std::string_view command,
                              std::initializer_list<std::string_view> parameters) {
    irc::append_message(output, {{}, settings.server_name, command}, parameters);
}

void IrcExchange::missing_parameters(std::string_view command) {
    numeric(Numeric::err_needmoreparams, {command, "Not enough parameters"});
}

void IrcExchange::tell(Request request, IrcCommand command, std::string_view argument) {
    const std::string label = write_label({command, argument, label_});
    if (std::exchange(label_is_open_, false))
        label_.clear(); // one answer bears it
    request.label = label;
    hub_.tell(request);
}

void IrcExchange::enter_if_ready() {
    if (stage != IrcStage::registering || wanted_name.empty() || user.empty() ||
        negotiation.holds_registration())
        return;
    if (passwords.is_needed() && !password_given) {
        numeric(Numeric::err_passwdmismatch, {"Password incorrect"});
        return close("Password incorrect");
    }
    stage = IrcStage::entering;
    Request request;
    request.kind = Request::Kind::enter;
    request.target = wanted_name;
    request.text = real_name;
    request.room = user;
    tell(request);
}

void IrcExchange::close(std::string_view reason) {
    irc::append_message(output, {{}, {}, "ERROR"}, {"Closing link: " + std::string(reason)});
    stage = IrcStage::over;
}

} // namespace tern::chat
