// Figures of merit of a run, and what its design breaks: parts of summary.json and of the table at the end.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "src/run/result.h"

namespace settle {

/// The largest mean power of the analog part in any phase of a section, in watts.
double peak_power_w(const Ledger& ledger, Section section);

/// Energy for each multiply-add of an inference (analog: without the host; all), operations (two for each multiply-add)
/// a second and watt, energy-delay product, average and peak power, power for the area, energy of an epoch and to the
/// best epoch, and energy, time and epochs to the target accuracy (null where it was not reached). Multiply-adds are
/// those of the forward weights, once for each inference, however long it settles.
nlohmann::ordered_json merits_json(const RunResult& result);
/// The time of all inferences where the input's converters load one sample while the circuit settles for another and
/// the host finishes with a third: the longest of the three, in seconds. The circuit itself, whose states are the
/// sample's, serves one at a time, until it has been converted.
double pipelined_inference_s(const RunResult& result);
/// Time and energy of each phase of each section: [{section, phase, second, joule}], in all.
nlohmann::ordered_json phases_json(const Ledger& ledger);
/// Every rule with its value, its limit and, where it is broken, its remedy.
nlohmann::ordered_json design_rules_json(const RunResult& result);
/// rms noise of a held state of each population, by where it comes from.
nlohmann::ordered_json noise_json(const RunResult& result);

/// What converters have clipped in the last epoch, bank by bank: counts of codes, and the share of the signal's energy
/// that is lost.
nlohmann::ordered_json clipping_json(const RunResult& result);

/// Lines for the table: figures of merit and noise.
std::string merits_text(const nlohmann::ordered_json& summary);

}  // namespace settle
