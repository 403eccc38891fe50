#include "settle/models/learning/batches.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <boost/random/uniform_int_distribution.hpp>

namespace settle {
namespace {

template <class Items>
void shuffle(Items& items, Engine& engine) {
  for (std::size_t i = items.size(); i > 1; --i)
    std::swap(items[i - 1], items[boost::random::uniform_int_distribution<std::size_t>(0, i - 1)(engine)]);
}

}  // namespace

Batches::Batches(Index samples, Index size, std::uint64_t seed) : stream_(seed, "batches", Purpose::batches) {
  std::vector<Index> order(static_cast<std::size_t>(samples));
  std::iota(order.begin(), order.end(), Index(0));
  Engine engine(stream_, 0);
  shuffle(order, engine);
  for (auto first = order.begin(); first != order.end();) {
    const auto last = first + std::min<std::ptrdiff_t>(size, order.end() - first);
    composed_.emplace_back(first, last);
    first = last;
  }
  batches_ = composed_;
}

const std::vector<std::vector<Index>>& Batches::for_epoch(int epoch) {
  if (epoch < shuffled_) {
    batches_ = composed_;
    shuffled_ = 0;
  }
  while (shuffled_ < epoch) {
    Engine engine(stream_, std::uint64_t(++shuffled_));
    shuffle(batches_, engine);
  }
  return batches_;
}

}  // namespace settle
