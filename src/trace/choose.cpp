#include "src/trace/choose.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fnmatch.h>

#include "settle/models/error.h"

namespace settle {
namespace {

using Member = std::pair<Index, Index>;

bool is_name(const std::string& glob) { return glob.find_first_of("*?[\\") == std::string::npos; }

// A number without sign or leading zeros at the start of `text`, which it is cut off from.
std::optional<Index> take_number(std::string_view& text) {
  Index number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto digits = std::size_t(end - text.data());
  if (error != std::errc() || text[0] == '-' || (text[0] == '0' && digits > 1)) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

// The member of a family that a name means, whether there is one or not.
std::optional<Member> member_named(const hw::SignalFamily& family, const std::string& name) {
  const std::string start = family.part + "." + family.quantity;
  if (name.compare(0, start.size(), start) != 0) return std::nullopt;
  std::string_view rest(name);
  rest.remove_prefix(start.size());
  Member member{0, 0};
  if (family.rows > 0) {
    const auto i = take_number(rest);
    if (!i) return std::nullopt;
    member.first = *i;
  }
  if (family.columns > 0) {
    if (rest.empty() || rest[0] != '_') return std::nullopt;
    rest.remove_prefix(1);
    const auto j = take_number(rest);
    if (!j) return std::nullopt;
    member.second = *j;
  }
  return rest.empty() ? std::optional(member) : std::nullopt;
}

void check_exists(const hw::SignalFamily& family, const Member& member, const std::string& name) {
  if (member.first < std::max<Index>(1, family.rows) && member.second < std::max<Index>(1, family.columns)) return;
  if (family.columns > 0)
    throw InputError(
        fmt::format("trace.signals: \"{}\" is outside the array: {} has targets 0 to {} and sources 0 to {} "
                    "({}TARGET_SOURCE)",
                    name, family.part, family.rows - 1, family.columns - 1, family.quantity));
  throw InputError(fmt::format("trace.signals: \"{}\": there is no such line; {}.{} goes from 0 to {}", name,
                               family.part, family.quantity, family.rows - 1));
}

bool asks_for(const std::string& glob, const hw::SignalFamily& family) {
  if (!family.on_request) return true;
  const auto dot = glob.rfind('.');
  return dot != std::string::npos && dot + 1 < glob.size() && glob[dot + 1] == family.quantity[0];
}

// Calls visit for each of the members that globs choose among.
template <class Visit>
void for_offered(const hw::SignalFamily& family, Index lines, const Visit& visit) {
  for (Index i = 0; i < std::max<Index>(1, std::min(lines, family.rows)); ++i)
    for (Index j = 0; j < std::max<Index>(1, std::min(lines, family.columns)); ++j) visit(Member{i, j});
}

void find(const hw::SignalFamily& family, const std::string& glob, Index lines, std::set<Member>& found) {
  if (is_name(glob)) {
    if (const auto member = member_named(family, glob)) {
      check_exists(family, *member, glob);
      found.insert(*member);
    }
  } else if (asks_for(glob, family)) {
    for_offered(family, lines, [&](const Member& m) {
      if (::fnmatch(glob.c_str(), family.member(m.first, m.second).name.c_str(), 0) == 0) found.insert(m);
    });
  }
}

// The signals on offer, each family with its last member: "hidden1.v0..15".
std::string offer(const std::vector<hw::SignalFamily>& families) {
  std::string text;
  for (const hw::SignalFamily& f : families) {
    text += (text.empty() ? "" : ", ") + f.member().name;
    if (f.columns > 0) {
      text += fmt::format("..{}_{}", f.rows - 1, f.columns - 1);
    } else if (f.rows > 1) {
      text += fmt::format("..{}", f.rows - 1);
    }
  }
  return text;
}

}  // namespace

std::vector<hw::Signal> choose_signals(const std::vector<hw::SignalFamily>& families,
                                       const std::vector<std::string>& globs, Index lines) {
  std::vector<std::set<Member>> chosen(families.size());
  for (const std::string& glob : globs) {
    bool matches = false;
    for (std::size_t k = 0; k < families.size(); ++k) {
      std::set<Member> found;
      find(families[k], glob, lines, found);
      matches = matches || !found.empty();
      chosen[k].merge(found);
    }
    if (!matches)
      throw InputError(fmt::format("trace.signals: \"{}\" matches no signal; there are {}", glob, offer(families)));
  }
  std::vector<hw::Signal> signals;
  for (std::size_t k = 0; k < families.size(); ++k)
    for (const auto& [i, j] : chosen[k]) signals.push_back(families[k].member(i, j));
  return signals;
}

}  // namespace settle
