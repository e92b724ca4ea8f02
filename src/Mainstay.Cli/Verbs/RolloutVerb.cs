using Mainstay.Cli.Connection;
using Mainstay.Cli.Output.Rollouts;
using Mainstay.Contracts;
using Mainstay.Contracts.Rollouts;
using Mainstay.Spec.Parsing;

namespace Mainstay.Cli.Verbs;

/// <summary><c>rollout show</c>, and <c>rollout pause|resume|abort</c> for the one under way.</summary>
internal static class RolloutVerb
{
    private static readonly string[] Words = ["show", "pause", "resume", "abort"];

    /// <summary>What other tools call it; people type it by habit.</summary>
    private static readonly Dictionary<string, string> Habits = new(StringComparer.Ordinal)
    {
        ["status"] = "rollout show",
        ["history"] = "rollouts",
        ["list"] = "rollouts",
        ["undo"] = "rollback",
        ["restart"] = "reload <service>",
        ["continue"] = "rollout resume",
        ["promote"] = "rollout resume",
        ["cancel"] = "rollout abort",
        ["stop"] = "rollout abort",
    };

    public static Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        var words = context.Invocation.Arguments;
        if (words.Length > 1 && words[0] != "show" && Words.Contains(words[0]))
        {
            throw new CommandFailedException(ExitCode.WrongUsage, $"\"{words[0]}\" takes no number: it is for the rollout under way, and there is never more than one", $"try: mainstay rollout {words[0]}");
        }

        return words[0] switch
        {
            "show" => ShowAsync(context, words.Length > 1 ? words[1] : null, token),
            "pause" => WishAsync(context, RolloutWish.Pause, token),
            "resume" => WishAsync(context, RolloutWish.Go, token),
            "abort" => WishAsync(context, RolloutWish.Abort, token),
            var other => throw Unknown(other),
        };
    }

    private static async Task<int> ShowAsync(VerbContext context, string? number, CancellationToken token)
    {
        var screen = context.Screen;
        var client = await context.Connector.RequireAsync(token);
        var rollout = await RolloutChoice.FindAsync(client, number, token);
        if (screen.Json)
        {
            screen.Document(rollout, WireJson.Default.RolloutRecord);
        }
        else
        {
            screen.Lines(RolloutText.Render(rollout, new(context.Host.Time), screen.Width, screen.Colours));
        }

        return (int)ExitCode.Done;
    }

    private static async Task<int> WishAsync(VerbContext context, RolloutWish wish, CancellationToken token)
    {
        var what = $"rollout {context.Invocation.Arguments[0]}";
        var client = await context.Connector.RequireAsync(token);

        // The daemon refuses it too; asked first, the answer can say what there was.
        var newest = (await client.RolloutsAsync(1, token)).FirstOrDefault();
        if (newest is null or { HasEnded: true })
        {
            throw new CommandFailedException(
                ExitCode.Failed,
                "no rollout is under way",
                newest is null ? "there was none yet" : $"the last one, {newest.Number}, ended as {RolloutWords.Of(newest.Phase)}: mainstay rollout show");
        }

        var run = new OperationRun(context, client) { Told = new WishTold(context, newest.Number) };
        return await run.RunAsync(what, "/v1/rollouts/wish", new(wish, Asker.Of(context.Host)), WireJson.Default.RolloutWishRequest, token);
    }

    private static CommandFailedException Unknown(string word)
    {
        if (Habits.TryGetValue(word, out var meant))
        {
            return new(ExitCode.WrongUsage, $"\"rollout\" knows no \"{word}\"", $"try: mainstay {meant}");
        }

        var nearest = NearestWord.To(word, Words);
        return new(
            ExitCode.WrongUsage,
            $"\"rollout\" knows no \"{word}\"{(nearest is null ? "" : $"; did you mean \"{nearest}\"?")}",
            $"try: mainstay rollout {nearest ?? string.Join(" | ", Words)}");
    }
}
