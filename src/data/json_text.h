// JSON texts that a user's files hold.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace settle {

/// `text` as an object of JSON; `source` stands for the file's name in errors, "file:line: not valid JSON; ..."
/// (InputError), also for what is nested more deeply than anything that Settle writes. `remedy` ends the message.
nlohmann::json parse_json_object(const std::string& text, const std::string& source, const std::string& remedy);

}  // namespace settle
