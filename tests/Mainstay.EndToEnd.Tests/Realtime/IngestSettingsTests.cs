using System.Diagnostics;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>What is wrong with the settings is said before anything runs: all of it, each with its range and its fix.</summary>
public sealed class IngestSettingsTests
{
    /// <summary>One second, and what a busy machine adds to the start of a process.</summary>
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(2);

    private const string Wrong = """
        stack: calls
        services:
          ingest:
            kind: ingest
            environment:
              PUBSUB_ADAPTER: redis_streams
              ACK_INTERVAL: "0"
              BUFFER_DURATION_MS: "99"
              RECORD_FORMAT: xml
              INGEST_AUTH: none
          pigeons:
            kind: ingest
            environment:
              PUBSUB_ADAPTER: carrier_pigeon
              ACK_INTERVAL: "1001"
              INGEST_AUTH: none
          elsewhere:
            kind: ingest
            environment:
              PUBSUB_ADAPTER: redis_streams
              REDIS_URL: "http://:sesame5107@127.0.0.1"
              INGEST_AUTH: none

        """;

    private static readonly string[] s_told =
    [
        "REDIS_URL of service \"ingest\" is not set", "PUBSUB_ADAPTER=redis_streams", "redis://127.0.0.1:6379",
        "ACK_INTERVAL of service \"ingest\" is too small", "ACK_INTERVAL of service \"pigeons\" is too large", "from 1 to 1000",
        "BUFFER_DURATION_MS", "from 100 to 30000", "RECORD_FORMAT", "fields, json_base64",
        "PUBSUB_ADAPTER of service \"pigeons\" is none of the permitted values", "redis_streams, kafka, log, in_memory",
        "REDIS_URL of service \"elsewhere\" has a scheme", "rediss://",
    ];

    [Fact]
    public async Task Check_and_up_refuse_wrong_settings_all_at_once_with_line_range_and_fix()
    {
        await using var home = MainstayHome.Create(Wrong);

        (await home.RunAsync("check")).MustExit(3).MustShow(s_told).MustNotShow("sesame5107");
        (await home.RunAsync("up")).MustExit(3).MustShow(s_told).MustNotShow("sesame5107");

        var check = await home.CheckAsync();
        Assert.Equal(7, check.Problems.Count(p => p.Severity == "error"));
        Assert.All(check.Problems, p => Assert.NotEmpty(p.Fix));
        Assert.Equal(7, check.Problems.Single(p => p.What.StartsWith("ACK_INTERVAL of service \"ingest\"", StringComparison.Ordinal)).Where.Line);
        Assert.DoesNotContain(home.Processes(), p => p.CommandLine.Contains(" realtime ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_process_started_by_hand_ends_with_3_and_says_all_that_is_wrong()
    {
        await using var home = MainstayHome.Create();
        home.Environment.AddRange([
            ("PORT", "0"), ("PUBSUB_ADAPTER", "redis_streams"), ("REDIS_URL", "ftp://:sesame5107@127.0.0.1"), ("ACK_INTERVAL", "1001"), ("BUFFER_DURATION_MS", "30001"), ("JWT_PUBLIC_KEY", "nonsense5107")]);
        (await home.RunAsync("version")).MustExit(0);
        var began = Stopwatch.GetTimestamp();

        var result = (await home.RunAsync("realtime", "ingest")).MustExit(3);

        Assert.True(Stopwatch.GetElapsedTime(began) < s_soon, $"{Stopwatch.GetElapsedTime(began)}");
        result.MustShow("REDIS_URL", "redis://", "ACK_INTERVAL", "from 1 to 1000", "BUFFER_DURATION_MS", "from 100 to 30000", "JWT_PUBLIC_KEY", "PEM", "PORT", "from 1 to 65535", "fix:");
        result.MustNotShow("sesame5107").MustNotShow("nonsense5107");
    }

    [Theory]
    [InlineData("INGEST_AUTH", "", "INGEST_AUTH names no method")]
    [InlineData("INGEST_AUTH", "magic", "INGEST_AUTH has an entry 1 that is no method")]
    [InlineData("INGEST_AUTH", "jwt", "JWT_PUBLIC_KEY is needed")]
    [InlineData("INGEST_AUTH", "none,jwt", "INGEST_AUTH names \"none\" beside other methods")]
    [InlineData("STREAM_TOPIC", "calls-{foo}", "STREAM_TOPIC")]
    [InlineData("ALLOW_LOSS", "", "in_memory, which keeps nothing across a restart")]
    public async Task The_process_does_not_serve_without_knowing_whom_and_what_it_may_lose(string name, string value, string told)
    {
        await using var home = MainstayHome.Create();
        home.Environment.AddRange([("PORT", "1"), ("PUBSUB_ADAPTER", name == "ALLOW_LOSS" ? "in_memory" : "log"), ("INGEST_AUTH", name == "ALLOW_LOSS" ? "none" : ""), (name, value)]);

        (await home.RunAsync("realtime", "ingest")).MustExit(3).MustShow(told, "fix:");
    }

    [Fact]
    public async Task Check_and_up_find_what_the_process_would_refuse_before_anything_runs()
    {
        await using var home = MainstayHome.Create("""
            stack: calls
            services:
              ingest:
                kind: ingest
                environment:
                  INGEST_AUTH: "jwt, magic5107"
              hub:
                kind: hub
                environment:
                  HUB_LICENCES: licences.txt
                  HUB_WEBHOOK_URL: "ftp://sesame5107"

            """);
        string[] told =
        [
            ":6:", "INGEST_AUTH of service \"ingest\" has an entry 2 that is no method", "JWT_PUBLIC_KEY of service \"hub\" is needed",
            ":10:", "HUB_LICENCES of service \"hub\" is not an absolute path", ":11:", "HUB_WEBHOOK_URL of service \"hub\" must be an http(s) URL", "MS2026", "fix:",
        ];

        (await home.RunAsync("check")).MustExit(3).MustShow(told).MustNotShow("sesame5107").MustNotShow("magic5107");
        (await home.RunAsync("up")).MustExit(3).MustShow(told).MustNotShow("sesame5107");
        Assert.DoesNotContain(home.Processes(), p => p.CommandLine.Contains(" realtime ", StringComparison.Ordinal));
    }
}
