using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Tests.Parsing;

/// <summary>No input makes the reader crash or hang, and each gives a stack or says why not. A failing case prints its seed.</summary>
public sealed class HostileInputTests
{
    /// <summary>Far above what any input takes (milliseconds), far below what a hang takes.</summary>
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(10);

    private const string YamlLetters = "abc:- \n\t,[]{}&*!|>'\"%@`#?.\\$~<=0123é\u2028\U0001F600";

    private static readonly string[] s_pieces =
    [
        "stack: x\n", "services:\n", "  a:\n", "    command: [ node ]\n", "    port: 1\n", "${A}", "${", "$$", "&a ", "*a", "<<: *a\n", "!!str ", "---\n", "...\n", "? ", "- ", ": ", "[", "{", "]", "}",
        "\t", "\n", "\"", "'", "|\n", ">-\n", "#", "routes:\n", "edge: { listen: [ ", "http://127.0.0.1:80", "depends_on: [ a, b ]\n", "environment: { A: ", "healthcheck: { http: / }\n", "\0", "\uFEFF", "%YAML 1.1\n", "10s", "1e999",
    ];

    private static int Runs => int.TryParse(Environment.GetEnvironmentVariable("MAINSTAY_FUZZ_RUNS"), out var runs) ? runs : 400;

    [Fact]
    public void Random_bytes_are_survived() => ForSeeds(random =>
    {
        var bytes = new byte[random.Next(0, 400)];
        random.NextBytes(bytes);
        return random.Next(2) == 0 ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
    });

    [Fact]
    public void Random_YAML_letters_are_survived() => ForSeeds(random =>
        string.Concat(Enumerable.Range(0, random.Next(0, 120)).Select(_ => YamlLetters[random.Next(YamlLetters.Length)])));

    [Fact]
    public void Random_pieces_of_manifests_are_survived() => ForSeeds(random =>
        string.Concat(Enumerable.Range(0, random.Next(0, 60)).Select(_ => s_pieces[random.Next(s_pieces.Length)])));

    [Fact]
    public void Random_changes_to_a_good_manifest_are_survived() => ForSeeds(random => Mutated(ContractExample.Text, random));

    [Fact]
    public void Random_changes_to_a_bad_manifest_are_survived() => ForSeeds(random => Mutated(ManyMistakes.Text, random));

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("{a: ")]
    [InlineData("[a, ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a: b\n")]
    [InlineData("a:\n")]
    [InlineData("- &a [ *a ]\n")]
    [InlineData("&a ")]
    [InlineData("*a ")]
    [InlineData("!a ")]
    [InlineData("\"")]
    [InlineData("'")]
    [InlineData("\\\"")]
    [InlineData("|\n")]
    [InlineData(" ")]
    [InlineData("\t")]
    [InlineData("\n")]
    [InlineData("#\n")]
    [InlineData("---\n")]
    [InlineData("...\n")]
    [InlineData("%A b\n")]
    [InlineData("${A}")]
    [InlineData("${")]
    [InlineData("$$")]
    [InlineData(",")]
    [InlineData("\r")]
    [InlineData("\u0085")]
    [InlineData("\uFEFF")]
    [InlineData("\ud800")]
    public void A_million_characters_of_one_piece_are_survived(string piece)
    {
        Survives(Repeated(piece, 999_000));
        Survives("a: " + Repeated(piece, 100_000));
        Survives("a:\n  " + Repeated(piece, 100_000));
        Survives("a: \"" + Repeated(piece, 100_000));
    }

    [Fact]
    public void A_thousand_services_that_wait_for_each_other_are_survived()
    {
        var chain = string.Concat(Enumerable.Range(0, 1000).Select(i => $"  s{i}: {{ command: [ node ], depends_on: [ s{(i + 1) % 1000}, s{(i + 7) % 1000}, s{(i + 311) % 1000} ] }}\n"));

        Survives("stack: x\nservices:\n" + chain);
    }

    [Fact]
    public void Very_many_services_in_one_chain_are_survived()
    {
        var chain = string.Concat(Enumerable.Range(0, 12_000).Select(i => $"  s{i}: {{ command: [ node ], depends_on: [ s{i + 1} ] }}\n"));

        Assert.NotNull(Survives("stack: x\nservices:\n" + chain + "  s12000: { command: [ node ] }\n").Stack);
    }

    [Fact]
    public void A_hundred_thousand_mistakes_are_shown_up_to_a_limit()
    {
        var result = Survives("stack: x\nservices:\n  api:\n    command: [ node ]\n" + string.Concat(Enumerable.Range(0, 45_000).Select(i => $"    k{i}: 1\n")));

        Assert.Equal(ProblemList.Limit + 1, result.Problems.Length);
        Assert.Equal("MS1009", result.Problems[^1].Code);
    }

    [Theory]
    [InlineData(25, "MS1002")]
    [InlineData(24, "MS1006")]
    public void Nesting_has_a_limit(int depth, string code) =>
        Assert.Equal(code, Assert.Single(Survives(new string('[', depth) + new string(']', depth)).Problems).Code);

    [Fact]
    public void A_huge_value_is_named_and_refused()
    {
        var problem = Manifest.OnlyProblem(Manifest.With($"environment: {{ A: {new string('x', 70_000)} }}"));

        Assert.Equal("MS1002", problem.Code);
        Assert.StartsWith("services.api.environment.A is longer", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_cannot_blow_a_value_up()
    {
        var variables = new Dictionary<string, string> { ["A"] = new('x', 10_000) };

        var result = Manifest.Read(Manifest.With($"environment: {{ B: \"{string.Concat(Enumerable.Repeat("${A}", 1000))}\" }}"), variables);

        Assert.Equal("MS1002", Assert.Single(result.Problems).Code);
    }

    [Fact]
    public void Env_files_of_any_kind_are_survived() => Prop.ForAll(Seeds(), seed =>
    {
        var random = new Random(seed);
        var letters = "AB=\"'\\# \t\n\r$export\0é";
        var text = string.Concat(Enumerable.Range(0, random.Next(0, 200)).Select(_ => letters[random.Next(letters.Length)]));
        var result = EnvFileReader.Read("x.env", text);
        return result.Entries.All(e => e.Name.Length > 0 && !e.Value.Contains('\0')) && result.Problems.All(p => p.What.Length > 0 && p.Where.Line > 0);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("A=\"\n")]
    [InlineData("A='\n")]
    [InlineData("A=\"\\\"\n")]
    [InlineData("=\n")]
    [InlineData("A\n")]
    [InlineData("A=1\n")]
    public void An_env_file_of_one_line_repeated_is_survived(string line)
    {
        var clock = Stopwatch.StartNew();

        _ = EnvFileReader.Read("x.env", string.Concat(Enumerable.Repeat(line, 900_000 / line.Length)));

        Assert.True(clock.Elapsed < s_bound);
    }

    private static void ForSeeds(Func<Random, string> text) =>
        Prop.ForAll(Seeds(), seed => Survives(text(new Random(seed))) is not null).Check(Config.QuickThrowOnFailure.WithMaxTest(Runs).WithQuietOnSuccess(true));

    private static Arbitrary<int> Seeds() => Gen.Choose(0, int.MaxValue).ToArbitrary();

    private static string Repeated(string piece, int characters) => string.Concat(Enumerable.Repeat(piece, characters / piece.Length));

    private static string Mutated(string text, Random random)
    {
        var letters = new StringBuilder(text);
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var (at, length) = (random.Next(letters.Length), random.Next(1, 12));
            length = Math.Min(length, letters.Length - at);
            switch (random.Next(4))
            {
                case 0:
                    letters.Remove(at, length);
                    break;
                case 1:
                    letters.Insert(at, s_pieces[random.Next(s_pieces.Length)]);
                    break;
                case 2:
                    letters[at] = YamlLetters[random.Next(YamlLetters.Length)];
                    break;
                default:
                    letters.Insert(random.Next(letters.Length), letters.ToString(at, length));
                    break;
            }
        }

        return letters.ToString();
    }

    private static ManifestResult Survives(string text)
    {
        var clock = Stopwatch.StartNew();
        var result = Manifest.Read(text, readFile: _ => text);
        Assert.True(clock.Elapsed < s_bound, $"took {clock.Elapsed}");
        Assert.Equal(result.Stack is null, result.Problems.Any(p => p.Severity is Severity.Error));
        Assert.All(result.Problems, IsFitToShow);
        return result;
    }

    private static void IsFitToShow(Problem problem)
    {
        Assert.NotNull(ProblemCatalog.Find(problem.Code));
        Assert.True(problem.What.Length is > 0 and < 2000 && problem.Fix.Length is > 0 and < 2000, problem.ToString());
        Assert.DoesNotContain(problem.What + problem.Fix, char.IsControl);
        Assert.Equal(problem.Where.Line == 0, problem.Where.Column == 0);
    }
}
