# SPDX-License-Identifier: Apache-2.0
"""The bugs, one at a time: what is wrong then, in which file, and the text of it that is replaced, which stands there once."""
from collections import namedtuple

Bug = namedtuple('Bug', 'name file old new')

TRIAL, PLAN, WATCH = (f'webhook/experiments/{name}.cc' for name in ('trial', 'plan', 'watch'))
CHANGES = 'webhook/engine/changes.cc'
RUNNING = 'webhook/guard/experiment_running.cc'

BUGS = [
    # The way back.
    Bug('nothing is undone', WATCH,
        'if (auto undone = changes_.Undo(episode, *change); !undone) return undone;',
        'change->reverted = parts_.clock.Now();'),
    Bug('undone in the order of its doing', WATCH,
        'for (auto change = episode.changes.rbegin(); change != episode.changes.rend(); ++change) {',
        'for (auto change = episode.changes.begin(); change != episode.changes.end(); ++change) {'),
    Bug('only the last change is undone', WATCH,
        '!undone) return undone;\n  }', '!undone) return undone;\n    break;\n  }'),
    Bug('undone to a default', CHANGES,
        'auto from = actuators::SettingFromText(change.from);\n  if (!from) return from.error();\n  auto found',
        'auto from = actuators::SettingFromText("{\\"value\\":\\"50\\"}");\n  if (!from) return from.error();\n  auto found'),
    Bug('the marker says what was there before the last rung', CHANGES,
        'SettingFromText(episode.Lowest(change).from);  // what', 'SettingFromText(change.from);  // what'),
    Bug('no marker', CHANGES,
        'if (auto marked = Mark(episode, change, {std::min(CallDeadline().at, *ours)}); !marked) return marked;', ''),
    Bug('the marker stays', CHANGES,
        'auto unmarked = parts_.domains.Unmark(target, NoteOf(episode, change, *from), in_time);',
        'base::Result<void> unmarked;\n    static_cast<void>(in_time);'),
    Bug('the marker has no expiry', TRIAL, 'episode.expiry = trial.ends;', ''),
    Bug('a revert that failed is not tried again', TRIAL,
        'return kRetry;\n  }\n  parts_.metrics.InjectsNoMore', '}\n  parts_.metrics.InjectsNoMore'),
    Bug('the end of the process leaves it', TRIAL,
        'Conclude(episode, {Verdict::kAborted, "the program was stopped"});', ''),
    Bug('a crash is forgotten', TRIAL,
        'if (begun && trial.epoch != episode.epoch)', 'if (false && begun && trial.epoch != episode.epoch)'),
    Bug('the effect comes before the record', WATCH,
        'if (auto recorded = parts_.journal.Save(episode); !recorded) {',
        'if (base::Result<void> recorded; !recorded) {'),
    # What ends it early.
    Bug('the stop condition is ignored', WATCH, 'if (*stop) return', 'if (false && *stop) return'),
    Bug('the stop condition is asked as a steady state', WATCH, 'auto stop = Holding(', 'auto stop = NotHolding('),
    Bug('lost telemetry is no reason to stop', WATCH, 'if (!stop) return Ruling{', 'if (!stop) return std::nullopt;\n  if (!stop) return Ruling{'),
    Bug('the kill switch is not watched', WATCH,
        'if (parts_.kill_switch.Read().engaged) return Ruling{Verdict::kAborted, "kill_switch"};\n  if', 'if'),
    Bug('the kill switch is not asked before each effect', WATCH,
        'if (parts_.kill_switch.Read().engaged) return Ruling{Verdict::kAborted, "kill_switch"};\n    if', 'if'),
    Bug('the TTL is ignored', WATCH, 'if (trial.ends && Passed(trial.ends)) return', 'if (false && trial.ends) return'),
    Bug('the target is not checked', WATCH, 'return WhatBefellTarget(episode);', 'return std::nullopt;'),
    Bug("a person's wish is not heeded", TRIAL,
        'return Conclude(episode, {Verdict::kAborted, "asked by " + by});', 'return Advance(episode);'),
    # Whom, how severely, what.
    Bug('without a canary it is done to the domain itself', PLAN, 'if (!config) return {};', 'if (!config || config->canary.empty()) return domain;'),
    Bug('the guard is asked about the wrong domain', PLAN, 'about.domain = episode.experiment->target.domain;', ''),
    Bug('the guard is not asked once more before the injection', TRIAL,
        'if (auto refusals = Judge(episode); !refusals.empty()) {\n    return Conclude',
        'if (auto refusals = Judge(episode); false) {\n    return Conclude'),
    Bug('rungs compound', CHANGES,
        'auto base = now && !relieve ? actuators::SettingFromText(episode.Lowest(change).from) : now;', 'auto base = now;'),
    Bug('the first rung is the last', TRIAL,
        'one.ladder[static_cast<std::size_t>(trial.rung)] *', 'one.ladder.back() *'),
    Bug('a rung is not a part of what is predicted', TRIAL,
        'one.ladder[static_cast<std::size_t>(trial.rung)] * trial.predicted;',
        'one.ladder[static_cast<std::size_t>(trial.rung)];'),
    Bug('min_interval is ignored', PLAN, 'return !tried(step);', 'return !tried(step) || true;'),
    Bug('any number runs at once', PLAN, 'if (running < templates_->max_running) return', 'if (running >= 0) return'),
    Bug('what cannot be undone is tried', PLAN, 'if (!Reversible(step)) return false;', 'static_cast<void>(Reversible(step));'),
    # The mark.
    Bug('the mark is not awaited', TRIAL, 'if (!visible || !*visible) {', 'if (!visible) {'),
    Bug('neighbours are not covered', TRIAL, 'if (peer != episode.domain) trial.covers.push_back(peer);', 'static_cast<void>(peer);'),
    Bug('whom it is for is covered', TRIAL, 'if (peer != episode.domain) trial', 'trial'),
    Bug('the mark goes with the injection', WATCH, 'trial.phase < Phase::kOver;', 'trial.phase < Phase::kSettling;'),
    Bug('the mark stays for ever', TRIAL, 'trial.phase = Phase::kOver;\n  Cover(episode);', 'trial.phase = Phase::kOver;'),
    # The verdict.
    Bug('the verdict is always passed', TRIAL, 'trial.verdict = ruling.verdict;', 'trial.verdict = Verdict::kPassed;'),
    Bug('a mitigation passes by anything', WATCH, 'return symptom <= std::max', 'return symptom > 0 || symptom <= std::max'),
    Bug('where nothing was, nothing passes for shown', TRIAL, 'if (symptom && *symptom > calm &&', 'if (symptom &&'),
    Bug('what does not show passes for shown', TRIAL, '*symptom >= calm * TemplateOf(episode)->shown_ratio) {', '*symptom > 0) {'),
    Bug('it begins however things are', TRIAL,
        'if (auto why = NotSteady(episode)) return Refuse(', 'if (auto why = NotSteady(episode); false) return Refuse('),
    Bug('whether the target recovers is not looked at', TRIAL,
        'if (not_steady && !episode.changes.empty()) {', 'if (false && not_steady) {'),
    Bug('an outcome is learned for the injection', TRIAL,
        'if (change.injection || !change.Pending()) continue;', 'if (!change.Pending()) continue;'),
    Bug('a mitigation does not wait for the verdict', RUNNING,
        'return experiment.phase < journal::Phase::kCooling && (on_it', 'return experiment.phase < journal::Phase::kSteady && (on_it'),
]
