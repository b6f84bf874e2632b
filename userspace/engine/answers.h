// SPDX-License-Identifier: MIT
// What has been found out about the event at hand: each field read once, put into lower case once,
// each question (engine/questions.h) answered once. What hangs on the process, its ancestors or the
// actor alone is kept as long as they are the same, over many events; so is what hangs on one text
// of a field whose texts come again and again, as the programs that are run. Only ever a memory:
// with it or without it the answers are the same. Bounded: a table of fixed size for each, the
// newest takes the place.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/questions.h"
#include "session/session.h"

namespace sentra::engine {

// Of one process, one line of ancestors, one actor, or one text in a field.
struct Kept {
    std::shared_ptr<const void> whose; // held, so that no other can come to lie there
    std::string text;
    std::vector<std::uint64_t> told; // two bits for each question: known, holds
    // Of the index: which of its candidates a look at these fields found, by type of event.
    std::uint64_t looked = 0; // bit: position of the type
    std::vector<std::uint64_t> found;
};

class Answers {
public:
    // found_words: how much room the index wants in Kept::found.
    Answers(const Questions &questions, std::size_t found_words);

    // From here on it is about this event. All three must outlive the questions about it.
    void begin(const event::Event &event, const session::Context &context,
               const session::Session &session);

    [[nodiscard]] bool holds(std::uint32_t question)
    {
        const std::uint32_t told = told_[question];
        return told >> 1U == turn_ ? (told & 1U) != 0 : find_out(question);
    }
    // Valid until the next begin().
    [[nodiscard]] const event::Value &value(std::uint32_t field);
    struct Lowered {
        std::string_view text;  // of a list: its items with the NULs between them
        std::uint64_t hash = 0; // of a text
    };
    // Only of a field whose value is a text or a list; base_name: of a text.
    [[nodiscard]] const Lowered &lowered(std::uint32_t field, bool base_name);
    [[nodiscard]] session::Depends depends(std::uint32_t field) const
    {
        return questions_->depends(event_->type(), field);
    }
    [[nodiscard]] session::Depends depends_of(std::uint32_t question) const
    {
        return depends(questions_->all()[question].field);
    }
    // nullptr: nothing can be kept.
    [[nodiscard]] Kept *kept(session::Depends on)
    {
        Held &held = held_[static_cast<std::size_t>(on)];
        return held.turn == turn_ ? held.kept : look_up(on, held);
    }
    // Of a text that comes again and again (Questions::recurs). nullptr: it is none, or too long.
    [[nodiscard]] Kept *kept_of_text(std::uint32_t field)
    {
        Held &held = texts_[field];
        return held.turn == turn_ ? held.kept : look_up_text(field, held);
    }

private:
    struct LoweredCell : Lowered {
        std::uint32_t turn = 0;
        std::string buffer;
    };
    struct Cell {
        std::uint32_t turn = 0;
        event::Value value;
        session::Scratch scratch;
        std::array<LoweredCell, 2> lowered; // whole, base name
    };
    struct Held {
        std::uint32_t turn = 0;
        Kept *kept = nullptr;
        std::vector<Kept> table;
    };
    bool find_out(std::uint32_t question);
    bool answer(const Question &question);
    bool is_one_of(const Question &question, const event::Value &value);
    Kept *look_up(session::Depends on, Held &held);
    Kept *look_up_text(std::uint32_t field, Held &held);
    void clear(Kept &kept) const;
    [[nodiscard]] std::shared_ptr<const void> whose(session::Depends on) const;

    const Questions *questions_;
    std::size_t found_words_;
    const event::Event *event_ = nullptr;
    const session::Context *context_ = nullptr;
    const session::Session *session_ = nullptr;
    std::uint32_t turn_ = 0;          // the event's, 31 bits
    std::vector<std::uint32_t> told_; // by question: turn, and one bit: it holds
    std::vector<Cell> cells_;         // by field
    std::array<Held, session::kDependsCount> held_;
    std::vector<Held> texts_; // by field
    std::string buffer_;
};

} // namespace sentra::engine
