#include "servers/chat/irc_exchange.h"

#include "common/hub/hub.h"
#include "common/protocol/chat/text.h"
#include "servers/chat/irc_command_table.h"
#include "servers/chat/irc_writer.h"

#include <utility>

namespace tern::chat {

using irc::Capability;
using irc::Numeric;

namespace {

/// Bytes of requests, and of own words in between: both, and what comes last, fit into one message.
constexpr std::size_t most_together = hub_message_limit / 2;
constexpr std::size_t most_own_words = hub_message_limit / 8;

} // namespace

void IrcExchange::receive(std::string_view line) {
    const auto message = irc::parse_message(line);
    if (!message || stage == IrcStage::over)
        return;
    begin_labelled(*message);
    if (fault_of(line) == TextFault::not_utf8) // UTF8ONLY
        from_server("FAIL", {message->command, "INVALID_UTF8", "Only UTF-8 is understood here"});
    else
        run_irc_command(*this, *message);
    if (!question)
        finish_labelled();
}

void IrcExchange::begin_labelled(const irc::Message& message) {
    constexpr std::size_t longest_label = 64;
    labelled_.reset();
    if (!has(Capability::labeled_response) || !has(Capability::batch))
        return;
    auto label = irc::tag_value(message.tags, "label");
    if (label && !label->empty() && label->size() <= longest_label)
        labelled_ = std::make_unique<Labelled>(Labelled{std::move(*label), output.size(), {}});
}

/// All that answers a labelled command is one answer, whoever has given it.
void IrcExchange::finish_labelled() {
    if (!labelled_)
        return;
    if (labelled_->requests.empty()) {
        apply_label(output, labelled_->begin, labelled_->label, settings.server_name);
    } else {
        add_own_words();
        Request request;
        request.kind = Request::Kind::together;
        request.label = labelled_->label;
        request.text = labelled_->requests;
        hub_.tell(request);
    }
    labelled_.reset();
}

/// Among the labelled command's requests, they are answered in their order.
void IrcExchange::add_own_words() {
    const std::size_t size = output.size() - labelled_->begin;
    if (size == 0 || size > most_own_words) // those of so many are not labelled
        return;
    Request request;
    request.kind = Request::Kind::echo;
    request.text = std::string_view(output).substr(labelled_->begin);
    append_request(labelled_->requests, request);
    output.resize(labelled_->begin);
}

void IrcExchange::wrong_password() {
    if (++failed_passwords >= settings.password_attempts)
        close("Too many wrong passwords");
}

void IrcExchange::judge(bool fits) {
    if (labelled_)
        labelled_->begin = output.size(); // what was there before has gone
    const IrcQuestion asked = *std::exchange(question, nullptr);
    const auto note_password = [this](bool given) {
        if (registration) // of use before it is a member only
            registration->password_given = given;
    };
    switch (asked.about) {
    case IrcQuestion::About::server:
        note_password(fits);
        if (!fits)
            numeric(Numeric::err_passwdmismatch, {"Password incorrect"});
        break;
    case IrcQuestion::About::account:
        if (!fits) {
            numeric(Numeric::err_saslfail, {"SASL authentication failed"});
            break;
        }
        has_account = true;
        note_password(true); // an account is more than the server's password
        numeric(Numeric::rpl_loggedin, {"*", asked.name, "You are now logged in as " + asked.name});
        numeric(Numeric::rpl_saslsuccess, {"SASL authentication successful"});
        break;
    case IrcQuestion::About::operator_account:
        if (!fits) {
            numeric(Numeric::err_passwdmismatch, {"Password incorrect"});
            break;
        }
        Request request;
        request.kind = Request::Kind::become_operator;
        request.target = asked.name;
        tell(request);
        break;
    }
    if (!fits)
        wrong_password();
    finish_labelled();
}

void IrcExchange::refuse_long_line() {
    numeric(Numeric::err_inputtoolong, {"That line was too long"});
}

void IrcExchange::named() {
    std::string granted = take_asked_name();
    if (!granted.empty())
        name = std::move(granted);
    stage = IrcStage::welcome;
    registration.reset();
}

void IrcExchange::not_named() {
    take_asked_name();
    if (stage == IrcStage::entering)
        stage = IrcStage::registering;
}

/// The hub answers in the order in which it was asked.
std::string IrcExchange::take_asked_name() {
    if (asked_names.empty())
        return {};
    std::string first = std::move(asked_names.front());
    asked_names.erase(asked_names.begin());
    if (asked_names.empty())
        std::vector<std::string>().swap(asked_names); // its memory as well
    return first;
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
    const std::string label = write_label({command, argument});
    request.label = label;
    if (!labelled_)
        return hub_.tell(request);
    add_own_words();
    append_request(labelled_->requests, request);
    if (labelled_->requests.size() > most_together) // what still follows is not labelled
        finish_labelled();
}

void IrcExchange::enter_if_ready() {
    if (stage != IrcStage::registering || negotiation.holds_registration() ||
        registration->wanted_name.empty() || registration->user.empty())
        return;
    if (!settings.password.empty() && !registration->password_given) {
        numeric(Numeric::err_passwdmismatch, {"Password incorrect"});
        return close("Password incorrect");
    }
    if (std::exchange(sasl, nullptr)) // too late for it
        numeric(Numeric::err_saslaborted, {"SASL authentication aborted"});
    stage = IrcStage::entering;
    // If the name is refused, the client is to think of another one.
    asked_names.push_back(std::exchange(registration->wanted_name, {}));
    Request request;
    request.kind = Request::Kind::enter;
    request.target = asked_names.front();
    request.text = registration->real_name;
    request.room = registration->user;
    tell(request);
}

void IrcExchange::close(std::string_view reason) {
    irc::append_message(output, {{}, {}, "ERROR"}, {"Closing link: " + std::string(reason)});
    stage = IrcStage::over;
}

} // namespace tern::chat
