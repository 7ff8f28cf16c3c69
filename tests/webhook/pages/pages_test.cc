// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <regex>

#include "common/http/client.h"
#include "common/http/form.h"
#include "tests/webhook/engine/pipe_fixture.h"
#include "webhook/pages/record.h"
#include "webhook/pages/routes.h"

namespace forewarn::pages {
namespace {

using journal::Episode;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHost[] = "127.0.0.1:9778";

// The pages on fakes, asked as a browser on this machine asks.
class PagesTest : public engine::PipeFixture {
 protected:
  PagesTest() {
    engine_ = engine::Engine::Start(*parts_, *rules_).value();
    Serve("");
  }
  ~PagesTest() override { engine_.reset(); }

  void Serve(const std::string& external_url) {
    routes_ = Routes({*engine_, access_, http::ParseWebPaths(external_url, "").value()});
  }
  http::Response Call(const std::string& method, const std::string& path, http::Request request = {}) {
    if (request.peer.empty()) request.peer = "127.0.0.1";
    request.method = method;
    request.path = path;
    for (const http::Route& route : routes_) {
      const bool any = route.path.ends_with('*') && path.starts_with(route.path.substr(0, route.path.size() - 1));
      if (route.method == method && (any || route.path == path)) return route.handler(request);
    }
    return http::Text(404, "");
  }
  std::string Page(const std::string& path, std::map<std::string, std::string> query = {}) {
    http::Request request;
    request.query = std::move(query);
    const http::Response response = Call("GET", path, request);
    EXPECT_EQ(response.status, 200) << response.body;
    return response.body;
  }
  // As the form with that action on a page is sent.
  http::Request FormOn(const std::string& page, const std::string& action) {
    const std::regex form("action=\"" + action + "\"><input type=\"hidden\" name=\"token\" value=\"([^\"]*)\"");
    std::smatch match;
    EXPECT_TRUE(std::regex_search(page, match, form)) << action << " is not on " << page;
    http::Request request;
    request.headers = {{"host", kHost}, {"origin", std::string("http://") + kHost}};
    request.body = "token=" + http::PercentEncode(match[1].str());
    return request;
  }
  // One that waits for a person.
  Episode Waiting() {
    Episode episode = Open();
    episode.state = journal::State::kWaiting;
    episode.approval = journal::Approval::kWaiting;
    episode.prediction.emplace().confidence = 0.9;
    EXPECT_TRUE(journal_->Save(episode));
    return episode;
  }
  static std::string Path(const Episode& episode, const std::string& deed = "") {
    return "/episodes/" + std::to_string(episode.id) + deed;
  }

  api::Access access_;
  std::unique_ptr<engine::Engine> engine_;
  std::vector<http::Route> routes_;
};

TEST_F(PagesTest, AnEmptyJournalIsNoMistake) {
  const std::string page = Page("/");
  for (const char* text : {"Nothing waits for a person.", "No mitigation is under way.", "No experiment is running.",
                           "No such episode.", "The kill switch is off"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
}

TEST_F(PagesTest, WhatIsForeignIsEscaped) {
  Episode episode = Waiting();
  episode.reason = "<script>alert(1)</script>";
  episode.domain = "\"><img src=x>";
  journal::Change change;
  change.actuator = "<b>";
  change.to = R"({"<i>":"<u>"})";
  episode.changes = {change};
  ASSERT_TRUE(journal_->Save(episode));
  for (const std::string& page : {Page("/"), Page(Path(episode)), Page("/", {{"domain", "\"><script>"}})}) {
    for (const char* raw : {"<script", "<img", "<b>", "<i>", "<u>"}) EXPECT_THAT(page, Not(HasSubstr(raw)));
  }
  EXPECT_THAT(Page("/"), HasSubstr("&#60;script&#62;alert(1)"));
}

TEST_F(PagesTest, ADeedIsDoneOnceAndSaysWhatIsOnRecord) {
  const Episode episode = Waiting();
  const http::Response done = Call("POST", Path(episode, "/refuse"), FormOn(Page("/"), Path(episode, "/refuse")));
  EXPECT_EQ(done.status, 303);
  EXPECT_EQ(done.headers.at("Location"), Path(episode, "?done=refuse"));
  EXPECT_THAT(Page(Path(episode), {{"done", "refuse"}}), HasSubstr("Refused by 127.0.0.1: nothing is changed."));
  // What isn't on record is not said, whatever the address says.
  EXPECT_THAT(Page(Path(episode), {{"done", "approve"}}), Not(HasSubstr("role=\"status\"")));
}

TEST_F(PagesTest, AWishThatIsBeingActedOnIsNotForgotten) {
  const Episode episode = Waiting();
  for (const char* done : {"approve", "refuse", "revert"}) {
    EXPECT_THAT(Page(Path(episode), {{"done", done}}), Not(HasSubstr("Asked for by")));
  }
  ASSERT_TRUE(journal_->Ask(episode.id, journal::Wish::kNone, "ann"));  // taken; nothing has come of it yet
  for (const char* done : {"approve", "refuse", "revert"}) {
    EXPECT_THAT(Page(Path(episode), {{"done", done}}), HasSubstr("Asked for by ann. It is acted on now."));
  }
}

TEST_F(PagesTest, WhatComesTooLateSaysSo) {
  Episode episode = Waiting();
  const http::Request form = FormOn(Page(Path(episode)), Path(episode, "/approve"));
  episode.state = journal::State::kClosed;
  episode.closed = clock_.Now();
  ASSERT_TRUE(journal_->Save(episode));
  const http::Response late = Call("POST", Path(episode, "/approve"), form);
  EXPECT_EQ(late.status, 409);
  EXPECT_THAT(late.body, HasSubstr("Nothing was done: the mitigation is closed"));
  EXPECT_THAT(Page(Path(episode)), Not(HasSubstr("<form")));
  EXPECT_EQ(Call("GET", "/episodes/999").status, 404);
  EXPECT_EQ(Call("GET", "/episodes/a.b").status, 400);
  EXPECT_EQ(Call("GET", Path(episode, "/approve")).status, 404);
}

TEST_F(PagesTest, FormsOfOthersAreRefusedAndNothingIsDone) {
  const Episode episode = Waiting();
  const std::string path = Path(episode, "/approve");
  http::Request form = FormOn(Page("/"), path);
  http::Request foreign = form;
  foreign.headers["origin"] = "http://evil.example";
  const http::Response refused = Call("POST", path, foreign);
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("the form comes from http://evil.example:80, which is not this program"));
  EXPECT_EQ(Call("POST", Path(episode, "/refuse"), form).status, 403);  // the token is for another deed
  form.body.clear();
  EXPECT_EQ(Call("POST", path, form).status, 403);
  EXPECT_EQ(Reload().wish, journal::Wish::kNone);
}

TEST_F(PagesTest, WhoMayOnlyReadSeesNoButtons) {
  const Episode episode = Waiting();
  http::Request elsewhere;
  elsewhere.peer = "192.0.2.1";
  const http::Response page = Call("GET", "/", elsewhere);
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("You may look, but not act: acting from another machine needs"));
  EXPECT_THAT(page.body, Not(HasSubstr("method=\"post\"")));
  http::Request form = FormOn(Page("/"), Path(episode, "/approve"));
  form.peer = "192.0.2.1";
  EXPECT_EQ(Call("POST", Path(episode, "/approve"), form).status, 403);
  access_.Set({{"alice", {}, {api::Need::kRead}}});
  const http::Response unknown = Call("GET", "/");
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(unknown.headers.at("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(unknown.content_type, "text/html; charset=utf-8");
}

TEST_F(PagesTest, TheKillSwitchAsksForAConfirmation) {
  const std::string engage = "/kill-switch/engage", disengage = "/kill-switch/disengage";
  http::Request form = FormOn(Page("/kill-switch"), engage);
  const http::Response hasty = Call("POST", engage, form);
  EXPECT_EQ(hasty.status, 400);
  EXPECT_THAT(hasty.body, HasSubstr("was not ticked"));
  EXPECT_FALSE(kill_switch_.Read().engaged);
  form.body += "&confirmed=yes";
  EXPECT_EQ(Call("POST", engage, form).headers.at("Location"), "/kill-switch?done=engage");
  EXPECT_TRUE(kill_switch_.Read().engaged);
  EXPECT_THAT(Page("/kill-switch", {{"done", "engage"}}), HasSubstr("Done. The kill switch is engaged"));
  EXPECT_THAT(Page("/"), HasSubstr("The kill switch is engaged: nothing acts"));
  form = FormOn(Page("/kill-switch"), disengage);
  form.body += "&confirmed=yes";
  EXPECT_EQ(Call("POST", disengage, form).status, 303);
  EXPECT_FALSE(kill_switch_.Read().engaged);
}

TEST_F(PagesTest, TheJournalIsFilteredAndPaged) {
  for (std::size_t i = 0; i < kEpisodesPerPage + 2; ++i) Open("web-" + std::to_string(i));
  const std::string first = Page("/", {{"since", "1h"}});
  EXPECT_THAT(first, HasSubstr("/?since=1h&#38;before=3#journal\">Older"));
  EXPECT_THAT(first, Not(HasSubstr(">Newest<")));
  const std::string last = Page("/", {{"since", "1h"}, {"before", "3"}});
  EXPECT_THAT(last, HasSubstr("/?since=1h#journal\">Newest"));
  EXPECT_THAT(last, Not(HasSubstr("Older")));
  const std::string none = Page("/", {{"fault", "Other"}, {"outcome", "relieved"}});
  EXPECT_THAT(none, HasSubstr("No such episode."));
  EXPECT_THAT(none, HasSubstr("name=\"fault\" type=\"text\" value=\"Other\""));
  EXPECT_THAT(none, HasSubstr("<option value=\"relieved\" selected>"));
  EXPECT_THAT(Page("/", {{"since", "a while"}}), HasSubstr("since: not a duration"));
  EXPECT_THAT(Page("/", {{"outcome", "fine"}}), HasSubstr("outcome: no such outcome"));
  EXPECT_THAT(Page("/", {{"before", "x"}}), HasSubstr("before: not the number of an episode"));
}

TEST_F(PagesTest, EveryAddressIsBelowThePrefix) {
  Serve("https://ops.example/forewarn/");
  const Episode episode = Waiting();
  for (const std::string& page : {Page("/"), Page(Path(episode)), Page("/kill-switch")}) {
    const std::regex address("(href|action)=\"([^\"]*)\"");
    for (std::sregex_iterator at(page.begin(), page.end(), address), end; at != end; ++at) {
      EXPECT_THAT((*at)[2].str(), testing::ContainsRegex("^(/forewarn/|#main|data:|https://github\\.com/)"));
    }
  }
  http::Request form = FormOn(Page("/"), "/forewarn" + Path(episode, "/refuse"));
  form.headers["origin"] = "https://ops.example";
  form.headers["host"] = "10.0.0.1";
  EXPECT_EQ(Call("POST", Path(episode, "/refuse"), form).headers.at("Location"),
            "/forewarn" + Path(episode, "?done=refuse"));
}

}  // namespace
}  // namespace forewarn::pages
