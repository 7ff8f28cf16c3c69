// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>

#include <stdexcept>

#include "exporter/publish/publisher.h"
#include "predictor/predictor.h"
#include "tests/bench/bench.h"
#include "tests/bench/floor.h"
#include "tests/bench/meter.h"
#include "tests/bench/source_reader.h"

namespace forewarn::bench {
namespace {

constexpr double kStep = 15;  // s between ticks, as the product sees them

// The daemon's parts in the daemon's order.
class Exporter {
 public:
  Exporter(const Fleet& fleet, const CannedSource& source) {
    auto predictor = predictor::Predictor::Create({});
    if (!predictor) throw std::runtime_error(predictor.error().message);
    settings_ = SettingsOf(fleet);
    reader_ = ReaderOf(fleet, source);
    predictor_ = std::move(*predictor);
    publisher_ = std::make_unique<publish::Publisher>();
  }

  struct Cost {
    double read = 0, predict = 0, publish = 0;
    double sum() const { return read + predict + publish; }
  };
  Cost Tick(std::size_t moment) {
    const double begin = CpuSeconds();
    auto reading = Read(*reader_, moment);
    const double read = CpuSeconds();
    rows_ += reading.series;
    reading.snapshot.time = kStart + kStep * static_cast<double>(moment);
    predictor::Circumstances circumstances;
    circumstances.hypervisors = reading.hypervisors;
    auto& output = predictor_->Tick(reading.snapshot, circumstances);
    const double predicted = CpuSeconds();
    publisher_->Publish({reading.snapshot, output, reading.hypervisors});
    std::string text;  // of one scrape
    publisher_->Append(metrics::Exposition::kText, text);
    text_ = text.size();
    return {read - begin, predicted - read, CpuSeconds() - predicted};
  }

  struct Memory {
    std::size_t reader = 0, predictor = 0, publisher = 0, text = 0, client = 0;
  };
  // What each part holds between ticks: how much less there is when it has gone.
  Memory TakeApart() {
    Memory memory;
    memory.text = text_;
    memory.publisher = Freed([this] { publisher_.reset(); });
    memory.predictor = Freed([this] { predictor_.reset(); });
    memory.client = Freed([this] { reader_->Reconfigure(nullptr, settings_); });
    memory.reader = Freed([this] { reader_.reset(); });
    malloc_trim(0);
    return memory;
  }
  std::size_t rows() const { return rows_; }

 private:
  static constexpr double kStart = 1.7e9;
  template <class Work>
  static std::size_t Freed(Work work) {
    const std::size_t before = HeapBytes();
    work();
    return before - HeapBytes();
  }

  signals::Settings settings_;
  std::unique_ptr<signals::Reader> reader_;
  std::unique_ptr<predictor::Predictor> predictor_;
  std::unique_ptr<publish::Publisher> publisher_;
  std::size_t rows_ = 0, text_ = 0;
};

struct Measured {
  double floor = 0;
  Exporter::Cost cost;
  Exporter::Memory memory;
  std::size_t series = 0, peak = 0;
};

Measured MeasureTick(std::size_t series, const Scale& scale) {
  const Fleet fleet(series);
  const CannedSource source(fleet, series > 200'000 ? 4 : 8);
  Exporter exporter(fleet, source);
  Floor floor(fleet, source);
  floor.Tick(0);
  std::size_t moment = 1;
  for (; moment <= scale.warm_ticks; ++moment) exporter.Tick(moment);
  ResetPeak();
  std::vector<double> floors, reads, predicts, publishes;
  const std::size_t rows = exporter.rows();
  for (std::size_t i = 0; i < scale.ticks; ++i, ++moment) {
    const auto cost = exporter.Tick(moment);
    reads.push_back(cost.read);
    predicts.push_back(cost.predict);
    publishes.push_back(cost.publish);
    floors.push_back(CpuSecondsOf([&] { floor.Tick(moment); }));
  }
  if (exporter.rows() - rows != scale.ticks * fleet.series()) throw std::runtime_error("a tick saw too few series");
  const std::size_t peak = PeakBytes();
  return {
      Median(floors), {Median(reads), Median(predicts), Median(publishes)}, exporter.TakeApart(), fleet.series(), peak};
}

void Report(const Measured& m, bool judged, std::vector<Figure>& figures) {
  const std::string at = "_" + Short(m.series), of = " at " + std::to_string(m.series) + " series";
  const auto count = static_cast<double>(m.series);
  const auto ns = [&](double seconds) { return 1e9 * seconds / count; };
  figures.push_back({"tick_to_floor" + at, m.cost.sum() / m.floor, "x", judged ? 2.0 : 0, judged ? 1.5 : 0,
                     "CPU of a full tick (fetch, parse, predict, render) / of fetch and simdjson parse" + of});
  figures.push_back({"tick_cost" + at, ns(m.cost.sum()), "ns/series", 0, 0, "CPU of a full tick" + of});
  figures.push_back({"floor_cost" + at, ns(m.floor), "ns/series", 0, 0, "CPU of the floor" + of});
  figures.push_back({"read_cost" + at, ns(m.cost.read), "ns/series", 0, 0, "its part: fetch, parse and columns" + of});
  figures.push_back({"ensemble_cost" + at, ns(m.cost.predict) / 1000, "us/point", judged ? 5.0 : 0, judged ? 1.0 : 0,
                     "its part: all detectors, trends and signatures" + of});
  figures.push_back({"publish_cost" + at, ns(m.cost.publish), "ns/series", 0, 0,
                     "its part: its report, and one scrape: five series out per series in" + of});
  const auto state = static_cast<double>(m.memory.reader + m.memory.predictor + m.memory.publisher);
  figures.push_back({"state_per_series" + at, state / count, "B", judged ? 512.0 : 0, judged ? 300.0 : 0,
                     "heap of reader, predictor and publisher between ticks" + of});
  figures.push_back({"predictor_state" + at, static_cast<double>(m.memory.predictor) / count, "B", 0, 0,
                     "its part: the predictor" + of});
  figures.push_back({"published_text" + at, static_cast<double>(m.memory.text) / count, "B", 0, 0,
                     "text of a scrape, made for it, per series" + of});
  figures.push_back({"client_buffers" + at, static_cast<double>(m.memory.client) / count, "B", 0, 0,
                     "kept buffers of connections and parsers, per series" + of});
  figures.push_back({"resident_peak" + at, static_cast<double>(m.peak) / count, "B", 0, 0,
                     "resident memory of the whole process at its peak, per series" + of});
}

}  // namespace

std::vector<Figure> MeasureTicks(const Scale& scale) {
  std::vector<Figure> figures;
  std::vector<double> costs;
  for (const std::size_t series : scale.series) {
    const auto measured = MeasureTick(series, scale);
    Report(measured, series == 100'000, figures);
    costs.push_back(measured.cost.sum() / static_cast<double>(measured.series));
  }
  figures.push_back(
      {"linearity", costs.back() / costs.front(), "x", 2.0, 0,
       "CPU per series of a full tick at " + Short(scale.series.back()) + " / at " + Short(scale.series.front())});
  return figures;
}

}  // namespace forewarn::bench
