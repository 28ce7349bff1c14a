#pragma once
// One IRC client's conversation, sans-I/O: lines in, requests to the hub and lines for the client
// out.

#include "common/protocol/irc/capabilities.h"
#include "common/protocol/irc/message.h"
#include "common/protocol/irc/message_writer.h"
#include "common/protocol/irc/sasl.h"
#include "servers/chat/irc_label.h"
#include "servers/chat/irc_settings.h"
#include "servers/chat/request.h"

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tern::chat {

/// A password that is to be checked, which takes the time that a hash takes: nothing more is
/// received until judge() has been called.
struct IrcQuestion {
    enum class About : unsigned char { server, account, operator_account } about{};
    std::string name; ///< of the account
    std::string password;
};

/// What a client has said of itself before it is a member: nobody asks for it after that.
struct IrcRegistration {
    std::string wanted_name, user, real_name;
    bool password_given = false;
};

/// Where requests go.
class IrcHubSide {
public:
    virtual ~IrcHubSide() = default;
    virtual void tell(const Request& request) = 0;
};

enum class IrcStage : unsigned char {
    registering, ///< NICK and USER are to come
    entering,    ///< the hub has been asked for the name
    welcome,     ///< it is a member
    over,        ///< send the output and end
};

/// What only a few commands need is allocated for as long as they need it: there may be very many
/// clients, and nearly all of them listen.
class IrcExchange {
public:
    IrcExchange(const IrcSettings& its_settings, IrcHubSide& hub_side)
        : settings(its_settings), negotiation(offered_capabilities(its_settings)), hub_(hub_side) {}

    /// One line of the client.
    void receive(std::string_view line);
    /// A line that was too long.
    void refuse_long_line();
    /// What the open question has come to.
    void judge(bool fits);
    /// Whether what follows has to wait: for a name, or for a password to be checked.
    bool is_busy() const noexcept { return stage == IrcStage::entering || question != nullptr; }
    /// The hub's answers to `enter` and NICK.
    void named();
    void not_named();

    // For the commands.
    void numeric(irc::Numeric numeric, std::initializer_list<std::string_view> parameters);
    void from_server(std::string_view command, std::initializer_list<std::string_view> parameters);
    void missing_parameters(std::string_view command);
    void tell(Request request, IrcCommand command = IrcCommand::plain,
              std::string_view argument = {});
    /// For what has no answer.
    void tell_silently(const Request& request) { hub_.tell(request); }
    void ask(IrcQuestion about) { question = std::make_unique<IrcQuestion>(std::move(about)); }
    /// Enters the chat, if all is there that it takes.
    void enter_if_ready();
    /// The last words; the conversation is over.
    void close(std::string_view reason);

    bool is_welcome() const noexcept { return stage == IrcStage::welcome; }
    bool has(irc::Capability capability) const noexcept {
        return negotiation.enabled().has(capability);
    }

    const IrcSettings& settings;
    IrcStage stage = IrcStage::registering;
    std::string output; ///< for the client
    std::string name;   ///< the member's; empty before
    std::unique_ptr<IrcRegistration> registration = std::make_unique<IrcRegistration>();
    std::vector<std::string> asked_names; ///< of the hub, which has yet to answer
    irc::CapabilityNegotiation negotiation;
    std::unique_ptr<irc::SaslAssembler> sasl; ///< while the client authenticates
    std::unique_ptr<IrcQuestion> question;
    std::size_t failed_passwords = 0;
    bool has_account = false; ///< it has proved one

private:
    std::string_view client() const noexcept {
        return name.empty() ? std::string_view("*") : std::string_view(name);
    }
    void begin_labelled(const irc::Message& message);
    void finish_labelled();
    void add_own_words();
    void wrong_password();
    std::string take_asked_name();

    IrcHubSide& hub_;
    /// The command that is being run, if the client has labelled it.
    struct Labelled {
        std::string label;
        std::size_t begin = 0; ///< in `output`, of what the command has brought
        std::string requests;  ///< to be answered together
    };
    std::unique_ptr<Labelled> labelled_;
};

} // namespace tern::chat
