// SPDX-License-Identifier: MIT
#include "engine/answers.h"

#include <algorithm>

#include "base/text.h"
#include "engine/holds.h"

namespace sentra::engine {

namespace {

using session::Depends;

// Busy processes at one time, and what they run; at most 2 MB of bits with all of Sigma's rules.
constexpr std::size_t kKeptMost = 512;
static_assert((kKeptMost & (kKeptMost - 1)) == 0);
constexpr std::size_t kTextsMost = 128; // of one field: programs, directories, endings of names
constexpr std::size_t kTextBytesMost = 256;
static_assert((kTextsMost & (kTextsMost - 1)) == 0);
constexpr std::uint32_t kTurnMost = (std::uint32_t{1} << 31U) - 1;

std::size_t place_of(const void *whose)
{
    // Neighbours in memory differ in the middle bits.
    const auto address = reinterpret_cast<std::uintptr_t>(whose);
    return ((address >> 4U) * 0x9e3779b97f4a7c15U >> 40U) & (kKeptMost - 1);
}

// Whether everybody above is known for good: whoever has no parent yet can still be given one.
bool is_settled(const session::Process &process)
{
    const session::Process *oldest = &process;
    while (oldest->parent != nullptr)
        oldest = oldest->parent.get();
    return oldest->spawned_by.pid == 0;
}

// Whether a list has an item that will do.
template <typename Accept> bool any_item(std::string_view rest, const Accept &accept)
{
    while (!rest.empty()) {
        const std::string_view item = rest.substr(0, rest.find('\0'));
        if (accept(item))
            return true;
        rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    }
    return false;
}

bool is_like(const Question &question, std::string_view lowered)
{
    const Test &test = *question.test;
    const auto one = [&](const Pattern &pattern) { return pattern.matches_lowered(lowered); };
    return test.all ? std::all_of(test.patterns.begin(), test.patterns.end(), one)
                    : std::any_of(test.patterns.begin(), test.patterns.end(), one);
}

bool any_is_like(const Question &question, std::string_view lowered)
{
    const Test &test = *question.test;
    const auto one = [&](const Pattern &pattern) {
        return any_item(lowered, [&](std::string_view item) {
            return pattern.matches_lowered(test.base_name ? base_name(item) : item);
        });
    };
    return test.all ? std::all_of(test.patterns.begin(), test.patterns.end(), one)
                    : std::any_of(test.patterns.begin(), test.patterns.end(), one);
}

} // namespace

Answers::Answers(const Questions &questions, std::size_t found_words)
    : questions_(&questions),
      found_words_(found_words),
      told_(questions.all().size(), 0),
      cells_(questions.fields().size()),
      texts_(questions.fields().size())
{}

void Answers::begin(const event::Event &event, const session::Context &context,
                    const session::Session &session)
{
    event_ = &event;
    context_ = &context;
    session_ = &session;
    if (turn_++ < kTurnMost)
        return;
    turn_ = 1; // what the first events left behind must not look new
    std::fill(told_.begin(), told_.end(), 0);
    for (Cell &cell : cells_)
        cell.turn = cell.lowered[0].turn = cell.lowered[1].turn = 0;
    for (Held &held : held_)
        held.turn = 0;
    for (Held &held : texts_)
        held.turn = 0;
}

const event::Value &Answers::value(std::uint32_t field)
{
    Cell &cell = cells_[field];
    if (cell.turn != turn_) {
        cell.value =
            session::read(questions_->fields()[field], *event_, *context_, *session_, cell.scratch);
        cell.turn = turn_;
    }
    return cell.value;
}

const Answers::Lowered &Answers::lowered(std::uint32_t field, bool base_name)
{
    LoweredCell &cell = cells_[field].lowered[base_name ? 1 : 0];
    if (cell.turn == turn_)
        return cell;
    cell.turn = turn_;
    const event::Value &whole = value(field);
    if (const auto *list = std::get_if<event::List>(&whole)) {
        cell.text = lower_into(list->joined, cell.buffer);
        return cell;
    }
    const std::string_view text = std::get<std::string_view>(whole);
    if (base_name) // of the lower-case text: it is often asked for already
        cell.text = sentra::base_name(lowered(field, false).text);
    else
        cell.text = lower_into(text, cell.buffer);
    cell.hash = Words::hash(cell.text);
    return cell;
}

bool Answers::find_out(std::uint32_t number)
{
    const Question &question = questions_->all()[number];
    const Depends on = depends(question.field);
    Kept *kept = nullptr;
    if (on != Depends::event)
        kept = this->kept(on);
    else if (questions_->recurs(question.field))
        kept = kept_of_text(question.field);
    constexpr std::size_t kPerWord = 32;
    std::uint64_t *word = kept == nullptr ? nullptr : &kept->told[number / kPerWord];
    const unsigned at = number % kPerWord * 2;
    bool holds = false;
    if (word != nullptr && (*word >> at & 1U) != 0) {
        holds = (*word >> at & 2U) != 0;
    } else {
        holds = answer(question);
        if (word != nullptr)
            *word |= std::uint64_t{holds ? 3U : 1U} << at;
    }
    told_[number] = turn_ << 1U | (holds ? 1U : 0U);
    return holds;
}

bool Answers::answer(const Question &question)
{
    const Test &test = *question.test;
    const event::Value &whole = value(question.field);
    const bool is_text = std::holds_alternative<std::string_view>(whole);
    const bool is_list = std::holds_alternative<event::List>(whole);
    if (test.kind == Test::Kind::patterns && test.place.item < 0) {
        if (question.words.size() > 0 && (is_text || is_list))
            return is_one_of(question, whole);
        if (test.lowered && is_text)
            return is_like(question, lowered(question.field, test.base_name).text);
        if (test.lowered && is_list)
            return any_is_like(question, lowered(question.field, false).text);
        if (!question.needles.empty() && (is_text || is_list)) {
            const std::string_view text = lowered(question.field, false).text;
            const auto is_in = [text](const std::string &needle) {
                return text.find(needle) != std::string_view::npos;
            };
            if (std::none_of(question.needles.begin(), question.needles.end(), is_in))
                return false;
        }
    }
    return holds_of(test, whole, buffer_);
}

bool Answers::is_one_of(const Question &question, const event::Value &value)
{
    const bool base_name = question.test->base_name;
    const bool is_list = std::holds_alternative<event::List>(value);
    const Lowered &lower = lowered(question.field, base_name && !is_list);
    if (!is_list)
        return question.words.find(lower.text, lower.hash) != Words::kNone;
    return any_item(lower.text, [&](std::string_view item) {
        const std::string_view word = base_name ? sentra::base_name(item) : item;
        return question.words.find(word, Words::hash(word)) != Words::kNone;
    });
}

std::shared_ptr<const void> Answers::whose(Depends on) const
{
    if (on == Depends::actor)
        return context_->actor;
    const auto &process = context_->process;
    if (on == Depends::process || process == nullptr)
        return process;
    return process->parent != nullptr && is_settled(*process->parent) ? process->parent : nullptr;
}

Kept *Answers::look_up(Depends on, Held &held)
{
    held.turn = turn_;
    const void *wanted = nullptr;
    if (on == Depends::actor)
        wanted = context_->actor.get();
    else if (context_->process != nullptr)
        wanted = on == Depends::process ? context_->process.get() : context_->process->parent.get();
    if (wanted == nullptr)
        return held.kept = nullptr;
    if (held.table.empty())
        held.table.resize(kKeptMost);
    Kept &kept = held.table[place_of(wanted)];
    if (kept.whose.get() != wanted) {
        std::shared_ptr<const void> owner = whose(on);
        if (owner == nullptr)
            return held.kept = nullptr;
        kept.whose = std::move(owner);
        clear(kept);
    }
    return held.kept = &kept;
}

Kept *Answers::look_up_text(std::uint32_t field, Held &held)
{
    held.turn = turn_;
    const event::Value &whole = value(field);
    const auto *text = std::get_if<std::string_view>(&whole);
    if (text == nullptr || text->size() > kTextBytesMost)
        return held.kept = nullptr;
    if (held.table.empty())
        held.table.resize(kTextsMost);
    Kept &kept = held.table[Words::hash(*text) & (kTextsMost - 1)];
    if (kept.told.empty() || kept.text != *text) {
        kept.text = *text;
        clear(kept);
    }
    return held.kept = &kept;
}

void Answers::clear(Kept &kept) const
{
    kept.told.assign((questions_->all().size() * 2 + 63) / 64, 0);
    kept.looked = 0;
    kept.found.assign(found_words_, 0);
}

} // namespace sentra::engine
