#include "servers/chat/line_dialect.h"

#include "common/protocol/chat/text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

namespace tern::chat {
namespace {

void add_as_it_is(std::string& text, const Phrase& phrase,
                  std::initializer_list<Filling> fillings) {
    phrase.append_to(text, {fillings.begin(), fillings.size()});
    text += '\n';
}

/// Text may have what does harm to a terminal, or to what else stands in the line.
void add_line(std::string& text, const Phrase& phrase, std::initializer_list<Filling> fillings) {
    const auto harms = [](const Filling& one) { return disturbs_a_line(one.text); };
    if (std::none_of(fillings.begin(), fillings.end(), harms))
        return add_as_it_is(text, phrase, fillings);
    std::vector<std::string> cleaned;
    for (const Filling& filling : fillings)
        cleaned.push_back(harmless(filling.text));
    std::vector<Filling> harmless_ones(fillings);
    for (std::size_t i = 0; i < cleaned.size(); ++i)
        harmless_ones[i].text = cleaned[i];
    phrase.append_to(text, harmless_ones);
    text += '\n';
}

std::string mode_of(std::uint64_t change) {
    return {(change & 0x100U) != 0 ? '+' : '-', static_cast<char>(change & 0xFFU)};
}

} // namespace

void LineDialect::render(const Event& event, const Audience& audience, std::string& text) const {
    if (audience.own)
        return render_own(event, text);
    if (event.kind <= Event::Kind::announced)
        return render_room(event, text);
    render_answer(event, audience, text);
}

void LineDialect::render_own(const Event& event, std::string& text) const {
    switch (event.kind) {
    case Event::Kind::left:
        return add_line(text, phrases_.of(Sentence::you_left), {{"room", event.room}});
    case Event::Kind::renamed:
        return add_line(text, phrases_.of(Sentence::you_are), {{"name", event.target}});
    case Event::Kind::topic_changed:
    case Event::Kind::mode_changed:
    case Event::Kind::kicked:
        return render_room(event, text);
    default: // what one says or does, one sees already
        return;
    }
}

void LineDialect::render_room(const Event& event, std::string& text) const {
    const std::string_view name = event.who.name;
    switch (event.kind) {
    case Event::Kind::entered:
        return add_line(text, phrases_.of(Sentence::entered),
                        {{"name", name}, {"room", event.room}});
    case Event::Kind::left:
    case Event::Kind::quit:
        return add_line(text, phrases_.of(Sentence::left),
                        {{"name", name}, {"room", event.room}, {"reason", event.text}});
    case Event::Kind::said:
        return render_said(event, text);
    case Event::Kind::renamed:
        return add_line(text, phrases_.of(Sentence::renamed),
                        {{"name", name}, {"target", event.target}});
    case Event::Kind::topic_changed:
        return add_line(text, phrases_.of(Sentence::topic_changed),
                        {{"name", name}, {"room", event.room}, {"topic", event.text}});
    case Event::Kind::mode_changed: {
        const std::string mode = mode_of(event.number);
        const bool is_key = mode.back() == 'k'; // not for everybody's screen
        return add_line(text, phrases_.of(Sentence::mode_changed),
                        {{"name", name},
                         {"room", event.room},
                         {"text", mode},
                         {"target", is_key ? std::string_view("*") : event.target}});
    }
    case Event::Kind::kicked:
        return add_line(text, phrases_.of(Sentence::kicked),
                        {{"name", name},
                         {"room", event.room},
                         {"target", event.target},
                         {"reason", event.text}});
    case Event::Kind::announced:
        return add_line(text, phrases_.of(Sentence::announced), {{"text", event.text}});
    default: // who is away, one learns when speaking to them
        return;
    }
}

void LineDialect::render_said(const Event& event, std::string& text) const {
    Sentence sentence = Sentence::said;
    if (event.manner == Manner::action)
        sentence = Sentence::action;
    else if (event.manner == Manner::notice)
        sentence = Sentence::notice;
    else if (event.room.empty())
        sentence = Sentence::told;
    add_line(text, phrases_.of(sentence),
             {{"name", event.who.name}, {"room", event.room}, {"text", event.text}});
}

void LineDialect::render_answer(const Event& event, const Audience& audience,
                                std::string& text) const {
    switch (event.kind) {
    case Event::Kind::named:
        return add_line(text, phrases_.of(Sentence::welcome), {{"name", event.target}});
    case Event::Kind::prompt:
        return add_line(text, phrases_.of(Sentence::ask_name), {});
    case Event::Kind::refused:
        return render_refusal(event, text);
    case Event::Kind::joined:
        render_topic(event, false, text);
        return render_people(event, text);
    case Event::Kind::names:
        return render_people(event, text);
    case Event::Kind::topic:
        return render_topic(event, true, text);
    case Event::Kind::rooms:
        return render_rooms(event, text);
    case Event::Kind::person:
        return add_line(text, phrases_.of(Sentence::person),
                        {{"name", event.who.name},
                         {"host", event.who.host},
                         {"rooms", fmt::format("{}", fmt::join(event.lines, ", "))}});
    case Event::Kind::history:
        return render_history(event, text);
    case Event::Kind::modes:
        text.append(event.room).append(" ").append(event.text) += '\n';
        return;
    case Event::Kind::invited:
        return add_line(text, phrases_.of(Sentence::invited),
                        {{"name", event.who.name}, {"room", event.room}});
    case Event::Kind::inviting:
        return add_line(text, phrases_.of(Sentence::inviting),
                        {{"target", event.target}, {"room", event.room}});
    case Event::Kind::now_operator:
        return add_line(text, phrases_.of(Sentence::now_operator), {});
    case Event::Kind::ignoring:
        return add_line(
            text, phrases_.of(event.number == 1 ? Sentence::ignoring : Sentence::not_ignoring),
            {{"target", event.target}});
    case Event::Kind::away:
        return add_line(text, phrases_.of(event.number == 1 ? Sentence::away : Sentence::back), {});
    case Event::Kind::person_away:
        return add_line(text, phrases_.of(Sentence::person_away),
                        {{"name", event.who.name}, {"reason", event.who.away}});
    case Event::Kind::done:
        return render_done(event, text);
    case Event::Kind::expelled:
        return add_line(text, phrases_.of(Sentence::expelled), {{"reason", event.text}});
    case Event::Kind::lost:
        return add_line(text, phrases_.of(Sentence::lost),
                        {{"count", std::to_string(event.number)}});
    case Event::Kind::goodbye:
        return add_line(text, phrases_.of(Sentence::goodbye), {{"name", audience.name}});
    default:
        return;
    }
}

void LineDialect::render_people(const Event& event, std::string& text) const {
    std::string names;
    for (const Person& person : event.people)
        names.append(names.empty() ? "" : ", ").append(person.name);
    const bool has_more = event.number > event.people.size();
    const std::uint64_t count = has_more ? event.number - event.people.size() : event.number;
    add_line(text, phrases_.of(has_more ? Sentence::more_people : Sentence::people),
             {{"room", event.room}, {"names", names}, {"count", std::to_string(count)}});
}

void LineDialect::render_topic(const Event& event, bool even_if_none, std::string& text) const {
    if (!event.text.empty())
        return add_line(text, phrases_.of(Sentence::topic_is),
                        {{"room", event.room}, {"topic", event.text}, {"name", event.target}});
    if (even_if_none)
        add_line(text, phrases_.of(Sentence::no_topic), {{"room", event.room}});
}

void LineDialect::render_rooms(const Event& event, std::string& text) const {
    if (event.rooms.empty())
        return add_line(text, phrases_.of(Sentence::no_rooms), {});
    for (const RoomLine& room : event.rooms) {
        add_line(
            text, phrases_.of(Sentence::room_line),
            {{"room", room.name}, {"count", std::to_string(room.members)}, {"topic", room.topic}});
    }
}

void LineDialect::render_history(const Event& event, std::string& text) const {
    if (event.said.empty())
        return add_line(text, phrases_.of(Sentence::no_history), {{"room", event.room}});
    for (const Event& said : event.said) {
        std::string line;
        render_said(said, line);
        line.pop_back();
        const auto second = std::chrono::floor<std::chrono::seconds>(said.time);
        add_as_it_is( // or it would lose what the phrases themselves have
            text, phrases_.of(Sentence::remembered),
            {{"time", fmt::format("{:%F %H:%M}", fmt::gmtime(WallClock::to_time_t(second)))},
             {"line", line}});
    }
}

void LineDialect::render_refusal(const Event& event, std::string& text) const {
    add_line(text, phrases_.of(event.refusal),
             {{"target", event.target},
              {"room", event.room},
              {"reason", event.text},
              {"count", std::to_string(event.number)}});
}

void LineDialect::render_done(const Event& event, std::string& text) const {
    const auto say = [&](Sentence sentence) {
        add_line(text, phrases_.of(sentence), {{"target", event.target}});
    };
    switch (event.request) {
    case Request::Kind::kick:
        return say(Sentence::done_kick);
    case Request::Kind::ban:
        return say(Sentence::done_ban);
    case Request::Kind::unban:
        return say(Sentence::done_unban);
    case Request::Kind::mute:
        return say(Sentence::done_mute);
    case Request::Kind::unmute:
        return say(Sentence::done_unmute);
    case Request::Kind::announce:
        return say(Sentence::done_announce);
    default:
        return;
    }
}

} // namespace tern::chat
