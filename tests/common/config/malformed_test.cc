// SPDX-License-Identifier: Apache-2.0
// What nobody should write into a configuration, and what an attacker would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "common/config/yaml.h"

namespace forewarn::config {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Walks everything, as a decoder with free keys would.
void Walk(const Node& node) {
  if (node.IsMap()) {
    for (const auto& entry : node.Entries()) {
      Walk(entry.second);
    }
  } else if (node.IsSequence()) {
    for (const Node& item : node.Items()) {
      Walk(item);
    }
  }
}

std::string MistakesIn(std::string_view text) {
  const auto document = Document::Parse("f.yaml", text);
  if (!document) {
    EXPECT_EQ(document.error().code, base::ErrorCode::kInvalid);
    return document.error().message;
  }
  Walk(document->Root());
  const auto done = document->Finish();
  return done ? "" : done.error().message;
}

std::string Repeated(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) {
    text += part;
  }
  return text;
}

TEST(Malformed, DuplicateKeysAtAnyDepth) {
  EXPECT_EQ(MistakesIn("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 2\n"),
            "f.yaml:5: b.c: given twice, first in line 3\nf.yaml:6: a: given twice, first in line 1");
  EXPECT_EQ(MistakesIn("a: {x: 1, 'x': 2, \"x\": 3}\n"),
            "f.yaml:1: a.x: given twice, first in line 1\nf.yaml:1: a.x: given twice, first in line 1");
  EXPECT_EQ(MistakesIn("- {x: 1}\n- {x: 1}\n"), "");
}

TEST(Malformed, AnchorsAliasesAndMergeKeys) {
  EXPECT_EQ(MistakesIn("a: &x 1\nb: *x\n"),
            "f.yaml:1: a: anchors are not allowed\nf.yaml:2: b: aliases are not allowed");
  EXPECT_EQ(MistakesIn("a: &x {k: 1}\nb:\n  <<: *x\n"),
            "f.yaml:1: a: anchors are not allowed\nf.yaml:3: b.<<: merge keys are not allowed\n"
            "f.yaml:3: b.<<: aliases are not allowed");
  EXPECT_EQ(MistakesIn("b:\n  <<: {k: 1}\n"), "f.yaml:2: b.<<: merge keys are not allowed");
  EXPECT_EQ(MistakesIn("&k key: 1\n"), "f.yaml:1: key: anchors are not allowed");
  EXPECT_EQ(MistakesIn("- &l [1]\n- &n\n"),
            "f.yaml:1: [0]: anchors are not allowed\nf.yaml:2: [1]: anchors are not allowed");
  EXPECT_THAT(MistakesIn("b: *nowhere\n"), StartsWith("f.yaml:1: "));
}

TEST(Malformed, AliasesAreNeverFollowed) {
  std::string text = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 60; ++i) {  // 2^60 nodes for whoever follows
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " + before + "]\n";
  }
  EXPECT_THAT(MistakesIn(text), HasSubstr("f.yaml:60: a59[1]: aliases are not allowed"));
}

TEST(Malformed, TagsAndKeysThatAreNoWords) {
  EXPECT_EQ(MistakesIn("a: !!binary aGk=\n"), "f.yaml:1: a: tags are not allowed");
  EXPECT_EQ(MistakesIn("a: !mine {}\n"), "f.yaml:1: a: tags are not allowed");
  EXPECT_EQ(MistakesIn("? [a, b]\n: 1\n"), "f.yaml:1: ?: a key must be a word");
  EXPECT_EQ(MistakesIn("{{a: 1}: 2, b: 3}\n"), "f.yaml:1: ?: a key must be a word");
  EXPECT_EQ(MistakesIn("~: 1\n"), "f.yaml:1: ?: a key must be a word");
}

TEST(Malformed, DepthIsBounded) {
  const auto nested = [](int depth) { return Repeated("[", depth) + Repeated("]", depth); };
  EXPECT_EQ(MistakesIn(nested(32)), "");
  EXPECT_EQ(MistakesIn(nested(33)), "f.yaml:1: nested more than 32 deep");
  for (const char* opening : {"[", "{", "{a: ", "- ", "? ", "a:\n ", "[{"}) {
    EXPECT_NE(MistakesIn(Repeated(opening, 20'000)), "") << opening;
  }
}

TEST(Malformed, SyntaxErrorsHaveALine) {
  EXPECT_EQ(MistakesIn("a: 1\nb: [1, 2\nc: 3\n").find("f.yaml:"), 0U);
  EXPECT_THAT(MistakesIn("a: 1\n\tb: 2\n"), StartsWith("f.yaml:2: "));
  EXPECT_THAT(MistakesIn("a: 1\n b: 2\n"), StartsWith("f.yaml:2: "));
  EXPECT_THAT(MistakesIn("a: 1\nb: }\n"), StartsWith("f.yaml:2: "));
  EXPECT_THAT(MistakesIn("a: b: c\n"), StartsWith("f.yaml:1: "));
  EXPECT_THAT(MistakesIn("%YAML 9.9.9 x\n---\na: 1\n"), StartsWith("f.yaml:"));
  EXPECT_THAT(MistakesIn("a: 1\n---\nb: 2\n"), HasSubstr(": more than one document"));
  EXPECT_THAT(MistakesIn("---\n---\nb: 2\n"), HasSubstr(": more than one document"));
}

TEST(Malformed, AQuoteThatIsNeverClosedSwallowsNothing) {
  for (const char* text :
       {"a: 1\nb: \"open\nc: 3\n", "a: 1\nb: 'open\nc: 3\n", "a: 1\nb: 'it''s\nc: 3\n", "a: 1\nb: \"x\\\"\nc: 3\n",
        "\xEF\xBB\xBF"
        "a: 1\nb: \"grün\n"}) {
    EXPECT_EQ(MistakesIn(text), "f.yaml:2: a quote is never closed") << text;
  }
  EXPECT_THAT(MistakesIn("a: \"open"), StartsWith("f.yaml:1: "));
  EXPECT_EQ(MistakesIn("a: \"x\\\\\"\nb: 'it''s'\nc: ''\nd: \"two\n  lines\"\ne: |\n  \"one\n"), "");
}

TEST(Malformed, OnlyUtf8TextIsRead) {
  EXPECT_EQ(MistakesIn("a: grün 漢字 🙂\n"), "");
  EXPECT_EQ(MistakesIn("\xEF\xBB\xBF"
                       "a: 1\n"),
            "");  // a byte order mark
  EXPECT_EQ(MistakesIn("a: 1\r\nb: 2\r\n"), "");
  for (const char* bad :
       {"\x04", "\x1B[2J", "\x7F", "\xFF", "\xC0\xAF", "\xE2\x82", "\x80", "\xF5\x80\x80\x80", "\xC3("}) {
    EXPECT_EQ(MistakesIn("a: 1\nb: x" + std::string(bad)), "f.yaml:2: not UTF-8 text");
  }
  EXPECT_EQ(MistakesIn(std::string_view("a: \0", 4)), "f.yaml:1: not UTF-8 text");
  EXPECT_EQ(MistakesIn("\xFE\xFF"), "f.yaml:1: not UTF-8 text");  // UTF-16
}

TEST(Malformed, ACutAnywhereIsAMistakeOrAShorterFileButNeverMore) {
  const std::string text = "a: {b: [1, \"two\", 'three'], c: |\n}\nd:\n  - e: &x 5\n    f: >-\n      folded\n";
  for (std::size_t i = 0; i <= text.size(); ++i) {
    (void)MistakesIn(text.substr(0, i));
  }
}

TEST(Malformed, AChangedByteNeverEscapesAsAnException) {
  const std::string text = "source: {url: 'http://x', timeout: 5s}\nlist:\n  - {a: 1, b: [x, y]}\n  - \"q\\n\"\n";
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char c : {'\0', '\t', '\n', ' ', '!', '"', '#', '%', '&', '\'', '*', ',',   '-',
                         ':',  '?',  '@',  '[', ']', '{', '}', '|', '>', '\\', '`', '\xFF'}) {
      std::string changed = text;
      changed[i] = c;
      (void)MistakesIn(changed);
    }
  }
}

class Files : public ::testing::Test {
 protected:
  Files() {
    std::string name = ::testing::TempDir() + "forewarn-config-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~Files() override { std::filesystem::remove_all(folder_); }

  std::string Write(std::string_view text) const {
    const std::string path = folder_ / "c.yaml";
    std::ofstream(path) << text;
    return path;
  }
  std::filesystem::path folder_;
};

TEST_F(Files, AreReadAndNamedInMistakes) {
  const std::string path = Write("a: 1\n");
  const auto document = Document::Load(path);
  ASSERT_TRUE(document);
  (void)document->Root().AsMap();
  EXPECT_EQ(document->Finish().error().message, path + ":1: a: unknown key");
}

TEST_F(Files, MissingOnesAreNamed) {
  const auto document = Document::Load(folder_ / "none.yaml");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(document.error().message, (folder_ / "none.yaml").string() + ": No such file or directory");
}

TEST_F(Files, AFolderIsNoFile) {
  const auto document = Document::Load(folder_);
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, base::ErrorCode::kUnavailable);
  EXPECT_THAT(document.error().message, HasSubstr("Is a directory"));
}

TEST_F(Files, SizeIsBounded) {
  const std::string line = "# " + std::string(1022, 'x') + "\n";
  EXPECT_TRUE(Document::Load(Write(Repeated(line, 255))));
  const std::string path = Write(Repeated(line, 257));
  EXPECT_EQ(Document::Load(path).error().message, path + ": larger than 256 KiB");
  EXPECT_THAT(Document::Load("/dev/zero").error().message, HasSubstr("larger than"));
}

}  // namespace
}  // namespace forewarn::config
