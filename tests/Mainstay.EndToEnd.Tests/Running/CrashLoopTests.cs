using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Running;

public sealed class CrashLoopTests
{
    private const string Brake = "restart: { max_restarts: 3, window: 10m, backoff: { initial: 50ms, max: 200ms } }";

    private static string Dying(string seconds) => $$"""
        stack: loops
        services:
          bad: { command: "sleep {{seconds}}; echo cannot reach the moon >&2; exit 3", shell: true, {{Brake}} }

        """;

    [Theory]
    [InlineData("0")]
    [InlineData("0.9")]
    [InlineData("1.2")]
    public async Task A_crash_loop_of_any_period_ends_parked_with_its_cause(string seconds)
    {
        await using var home = MainstayHome.Create(Dying(seconds));

        await home.RunAsync("up");

        var bad = (await home.BecomesAsync("bad is parked", s => s["bad"].State == "parked"))["bad"];
        Assert.InRange(bad.Restarts, 3, 4);
        Assert.Contains("3", bad.Because, StringComparison.Ordinal);
        Assert.Null(bad.Only.Pid);
        await home.LogsShowAsync("bad", "cannot reach the moon");
    }

    [Fact]
    public async Task A_service_that_cannot_start_fails_up_and_its_last_words_are_on_the_screen()
    {
        await using var home = MainstayHome.Create(Dying("0"));

        var up = await home.RunAsync("up");

        up.MustExit(1).MustShow("bad", "cannot reach the moon");
        Assert.True(up.Took < TimeSpan.FromSeconds(15), $"{up.Took}");
    }

    [Fact]
    public async Task An_explicit_start_gives_a_parked_service_all_its_tries_again()
    {
        await using var home = MainstayHome.Create(Dying("0"));
        await home.RunAsync("up");
        await home.BecomesAsync("bad is parked", s => s["bad"].State == "parked");

        await home.RunAsync("start", "bad");

        var again = await home.BecomesAsync("bad is parked again", s => s["bad"].State == "parked");
        Assert.InRange(again["bad"].Restarts, 3, 4);
    }

    [Theory]
    [InlineData(Signal.Segv, "SIGSEGV")]
    [InlineData(Signal.Kill, "SIGKILL")]
    public async Task A_death_by_signal_is_shown_as_that_signal(Signal signal, string name)
    {
        await using var home = MainstayHome.Create($"stack: loops\nservices:\n  web: {{ command: {TestServices.Node}, port: auto, healthcheck: {TestServices.Quick} }}\n");
        await home.UpAsync();

        (await home.StatusAsync())["web"].Only.Process.Send(signal);

        await home.BecomesAsync("web runs again", s => s["web"] is { State: "running", Restarts: 1 });
        (await home.RunAsync("events")).MustExit(0).MustShow(name);
    }

    [Fact]
    public async Task An_exit_code_that_means_done_is_not_answered_by_a_restart()
    {
        await using var home = MainstayHome.Create("""
            stack: loops
            services:
              job: { command: "sleep 0.3; exit 42", shell: true, restart: { stop_exit_codes: [ 42 ] } }
              fine: { command: "sleep 0.3; exit 0", shell: true, restart: { policy: on-failure } }

            """);

        await home.RunAsync("up");

        var status = await home.BecomesAsync("both are done", s => s["job"].State == "stopped" && s["fine"].State == "stopped");
        Assert.Equal((0, 0), (status["job"].Restarts, status["fine"].Restarts));
    }

    [Fact]
    public async Task A_parked_service_with_a_declared_retry_is_tried_again()
    {
        await using var home = MainstayHome.Create("""
            stack: loops
            services:
              bad: { command: "test -f cured || exit 3; exec sleep 1000", shell: true,
                     restart: { max_restarts: 2, window: 10m, backoff: { initial: 50ms, max: 50ms }, after_limit: { retry_every: 2s } } }

            """);
        await home.RunAsync("up");
        await home.BecomesAsync("bad is parked", s => s["bad"].State == "parked");

        home.Write("cured", "");

        await home.BecomesAsync("bad runs after the retry", s => s["bad"].State == "running");
    }
}
