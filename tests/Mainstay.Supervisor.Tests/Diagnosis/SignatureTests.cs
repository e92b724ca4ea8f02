using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Mainstay.Linux.Processes;
using Mainstay.Supervisor.Diagnosis;
using Mainstay.Testing;

namespace Mainstay.Supervisor.Tests.Diagnosis;

/// <summary>Every fixture is what the real program printed when it failed that way.</summary>
public class SignatureTests
{
    public static TheoryData<string, int, string, string> Logs => new()
    {
        { "node-eaddrinuse", 1, "EADDRINUSE", "port 3000 is already in use by node (pid 77)" },
        { "py-eaddrinuse", 1, "EADDRINUSE", "port 3000 is already in use by node (pid 77)" },
        { "net-eaddrinuse", 134, "EADDRINUSE", "port 8124 is already in use" },
        { "ingest-settings", 3, "shipped-settings", "its environment cannot be used" },
        { "node-eacces-port", 1, "EACCES-port", "port 80:" },
        { "py-eacces-port", 1, "EACCES-port-unnamed", "below 1024 are for root" },
        { "net-eacces", 134, "EACCES-port-unnamed", "below 1024 are for root" },
        { "node-err-require-esm", 1, "ERR_REQUIRE_ESM", "node-fetch is an ES module and cannot be loaded by require() (in /srv/app/esm.js)" },
        { "node-err-erl-key-gen-ipv6", 1, "ERR_ERL_KEY_GEN_IPV6", "ipKeyGenerator" },
        { "node-module-not-found", 1, "MODULE_NOT_FOUND", "the module left-pad is not there (wanted by /srv/app/missing.js)" },
        { "node-err-module-not-found", 1, "MODULE_NOT_FOUND", "/srv/app/lib/handler.js is not there (wanted by /srv/app/missing.mjs)" },
        { "node-err-module-not-found-package", 1, "MODULE_NOT_FOUND", "left-pad" },
        { "node-no-such-script", 1, "node-script-missing", "the script /srv/app/dist/server.js does not exist" },
        { "node-missing-env", 1, "missing-environment", "JWT_SECRET" },
        { "node-env-not-set", 1, "missing-environment", "REDIS_URL" },
        { "node-envalid", 1, "missing-environment", "DATABASE_URL, PORT" },
        { "node-zod-env", 1, "missing-environment", "DATABASE_URL, JWT_SECRET" },
        { "py-keyerror-env", 1, "python-missing-environment", "DATABASE_URL" },
        { "node-econnrefused", 1, "ECONNREFUSED", "could not connect to 127.0.0.1:6390 (REDIS_URL points there)" },
        { "node-ioredis-refused", 1, "ECONNREFUSED", "127.0.0.1:6390 (REDIS_URL points there)" },
        { "node-pg-refused", 1, "ECONNREFUSED", "127.0.0.1:5499: nobody listens there" },
        { "py-refused", 1, "ECONNREFUSED", "something that it needs" },
        { "net-refused", 134, "ECONNREFUSED", "[::ffff:127.0.0.1]:5499" },
        { "node-heap", 134, "v8-heap", "JavaScript heap is full" },
        { "node-syntax", 1, "node-syntax", "Unexpected token ';' (/srv/app/syntax.js:1)" },
        { "py-syntax", 1, "node-syntax", "invalid syntax (/srv/app/syn.py)" },
        { "node-enoent", 1, "file-missing", "config/production.json" },
        { "py-enoent", 1, "file-missing", "config.toml" },
        { "net-file", 134, "dotnet-exception", "Could not find file" },
        { "node-tls-mismatch", 1, "tls-mismatch", "does not belong to the certificate" },
        { "node-tls-badpem", 1, "tls-file", "(no start line)" },
        { "net-cert", 134, "tls-file", "no such file" },
        { "node-enospc", 1, "ENOSPC", "disk is full" },
        { "py-enospc", 1, "ENOSPC", "disk is full" },
        { "node-emfile", 1, "EMFILE", "file descriptors" },
        { "py-module-not-found", 1, "python-module-missing", "flask" },
        { "py-traceback", 1, "python-traceback", "ValueError: invalid literal for int() with base 10: 'ten' (/srv/app/gen.py:6)" },
        { "net-unhandled", 134, "dotnet-exception", "Configuration section 'Payments' has no 'ApiKey'." },
        { "net-di", 134, "dotnet-exception", "Unable to resolve service for type 'IPayments'" },
        { "net-framework", 150, "dotnet-framework-missing", "Microsoft.NETCore.App 12.0.0 is not installed" },
        { "net-no-dll", 1, "dotnet-file-missing", "Missing.dll does not exist" },
        { "node-unhandled", 1, "node-exception", "Error: database migration failed (/srv/app/unhandled.js:1)" },
        { "sh-command-not-found", 127, "command-not-found", "\"unicorn\" was not found" },
        { "sh-permission", 126, "command-not-executable", "\"./app.py\" cannot be executed" },
    };

    [Theory]
    [MemberData(nameof(Logs))]
    public void A_known_failure_is_recognised_in_what_the_program_printed(string fixture, int code, string id, string cause)
    {
        var facts = FactsOf(fixture, code);
        var lines = facts.LastLines.Select(l => Plain.Text(l.Text)).ToImmutableArray();
        Assert.Equal(id, Signature.All.First(s => s.Match(facts, lines) is not null).Data.Id);
        Assert.Contains(cause, FailureExplainer.Explain(facts).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fixture_is_explained_as_reviewed()
    {
        var text = new StringBuilder();
        foreach (var row in Logs)
        {
            var (fixture, code, id, _) = row.Data;
            var report = FailureExplainer.Explain(FactsOf(fixture, code));
            text.Append(fixture).Append(" [").Append(id).Append("]\n  ").Append(report.Cause).Append('\n');
            foreach (var advice in report.Try)
            {
                text.Append("  try: ").Append(advice).Append('\n');
            }

            foreach (var line in report.Evidence.Where(b => b.Title == "also in its log").SelectMany(b => b.Lines))
            {
                text.Append("  also: ").Append(line).Append('\n');
            }
        }

        Golden.Match(text.ToString(), "explained-logs.txt");
    }

    [Fact]
    public void Every_signature_that_reads_logs_has_a_fixture()
    {
        var tested = Logs.Select(row => row.Data.Item3).ToHashSet();
        var untested = Signature.All.Where(s => !s.Data.Lines.IsDefault).Select(s => s.Data.Id).Except(tested);
        Assert.Equal(["dotnet-host-failed"], untested);
    }

    [Fact]
    public void The_data_file_names_only_what_there_is()
    {
        Assert.Equal(Signature.All.Length, Signature.All.Select(s => s.Data.Id).Distinct().Count());
        foreach (var data in Signature.All.Select(s => s.Data))
        {
            Assert.True(data.When is null || Conditions.Exists(data.When), data.Id);
            foreach (Match brace in Regex.Matches(string.Join(' ', [data.Cause, .. data.Try]), @"\{([^}]*)\}"))
            {
                // The last alternative may be plain words.
                var names = brace.Groups[1].Value.Split('|');
                Assert.All(names.Length > 1 ? names[..^1] : names, name => Assert.True(CauseText.Variables.Contains(name), $"{data.Id}: {name}"));
            }
        }
    }

    private static FailureFacts FactsOf(string fixture, int code) =>
        Facts.Exited(new ExitStatus(code, null), Facts.Fixture(fixture)) with { PortHolder = "node (pid 77)" };
}
