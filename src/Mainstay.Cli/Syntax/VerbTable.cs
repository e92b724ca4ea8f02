using System.Collections.Immutable;

namespace Mainstay.Cli.Syntax;

/// <summary>Every command and option there is.</summary>
internal static class VerbTable
{
    private const int Any = int.MaxValue;

    public static readonly OptionSpec File = new("file", 'f', "path", "the manifest, or the folder that holds mainstay.yaml (default: found upwards from here)");
    public static readonly OptionSpec Home = new("home", null, "path", "where Mainstay keeps its state (default: MAINSTAY_HOME, /var/lib/mainstay for root, else ~/.local/state/mainstay)");
    public static readonly OptionSpec Json = new("json", null, null, "machine-readable output");
    public static readonly OptionSpec NoColor = new("no-color", null, null, "no colours (as does a NO_COLOR variable)");
    public static readonly OptionSpec Help = new("help", 'h', null, "this text");

    public static readonly OptionSpec Follow = new("follow", 'f', null, "go on showing what comes, until Ctrl-C");
    public static readonly OptionSpec Lines = new("lines", 'n', "count", "how many of the newest to show");
    public static readonly OptionSpec Since = new("since", null, "when", "only what is newer: a duration such as 15m or 2h, or a time such as 2026-01-31T14:00");
    public static readonly OptionSpec Daemon = new("daemon", null, null, "stop the daemon and the edge too");

    public static readonly OptionSpec Only = new("only", null, "services", "only these services, separated by commas; the same as naming them", Repeats: true);
    public static readonly OptionSpec DryRun = new("dry-run", null, null, "print the whole plan and change nothing");
    public static readonly OptionSpec AllowDirty = new("allow-dirty", null, null, "deploy what is committed although the source has changes that are not; the report says so");
    public static readonly OptionSpec AllowDowntime = new("allow-downtime", null, null, "go on although a service would not serve meanwhile; the report says so");
    public static readonly OptionSpec Wait = new("wait", null, null, "wait for a rollout that is under way, instead of being refused");
    public static readonly OptionSpec To = new("to", null, "release", "this release instead of the one before; for one service");
    public static readonly OptionSpec Html = new("html", null, null, "as one HTML page instead of Markdown");
    public static readonly OptionSpec Output = new("output", 'o', "path", "write it to this file, over what is there; .html as the name's end means --html");

    public static readonly OptionSpec For = new("for", null, "duration", "only for so long, such as 10m or 2h; then it is as the manifest has it");
    public static readonly OptionSpec Reason = new("reason", 'r', "text", "why; shown wherever the switch is");

    public static readonly ImmutableArray<OptionSpec> Globals = [File, Home, Json, NoColor, Help];

    public static readonly ImmutableArray<VerbSpec> All =
    [
        new("check", "", 0, 0, "say everything that is wrong with the manifest, the environment and this machine",
            "Needs no daemon and changes nothing. Prints the start layers when all is well. Exit 3 when there is an error.", []),
        new("up", "[service...]", 0, Any, "apply the manifest and wait until everything is ready",
            "Starts the daemon when none runs. Complete and idempotent: every change takes effect, what was removed goes. With services, only those and what they depend on are started. Exit 1, with the explained cause, when something did not become ready; what served before then serves on.", [], TakesServices: true),
        new("status", "", 0, 0, "show every service, its instances and why they are as they are", "With --json, one document for scripts.", []),
        new("logs", "[service...]", 0, Any, "show what the services wrote",
            "Reads the log files; needs no daemon. -f means --follow here, unless the word after it is a manifest or a folder that holds one; --file always names the manifest. Services (api) and instances (api-1) can be named.",
            [Follow, Lines with { Help = "exactly the newest <count> lines (default 50)" }, Since], TakesServices: true),
        new("events", "", 0, 0, "show what happened and why",
            "-f means --follow here, unless the word after it is a manifest or a folder that holds one.",
            [Follow, Lines with { Help = "how many of the newest events to show (default 50)" }]),
        new("top", "", 0, 0, "the status, refreshed every second", "q or Ctrl-C quits. Without a terminal it prints the status once.", []),
        new("start", "<service...|all>", 1, Any, "start services, and forget earlier crashes", "Also takes a parked instance out of its parking.", [], TakesServices: true),
        new("stop", "<service...|all>", 1, Any, "stop services until the next start", "The manifest's signal, its grace, then SIGKILL to the whole process tree.", [], TakesServices: true),
        new("restart", "<service...|all>", 1, Any, "stop and start services", "Requests may be lost; reload loses none.", [], TakesServices: true),
        new("reload", "<service...|all>", 1, Any, "replace every process without losing a request",
            "New processes first become ready, then get the traffic, then the old ones drain and stop. A new process that does not become ready replaces nothing: exit 1 and the cause.", [], TakesServices: true),
        new("scale", "<service>=<n>...", 1, Any, "set the number of instances", "Holds until the next up, which goes by the manifest again.", [], TakesServices: true),
        new("deploy", "[service...]", 0, Any, "bring services to what their sources hold now, or back to what served",
            "Reads the manifest as up does. Everything is planned, and checked, before anything is touched; the plan is printed first. Ends in one of two states, both proven: the new release serves everywhere, or the one before does. Exit 1, with the explained cause, when it was refused, failed or was rolled back; exit 3 when the manifest has problems. Ctrl-C leaves the rollout to the daemon: `rollout` pauses, resumes or aborts it.",
            [Only, DryRun, AllowDirty, AllowDowntime, Wait], TakesServices: true),
        new("rollback", "[service...]", 0, Any, "bring services back to the release that served before",
            "Needs no manifest, no network and no build. Without services, all of the last rollout. Exit 0 only when the release from before is proven to serve.",
            [To, DryRun], TakesServices: true),
        new("rollout", "<show|pause|resume|abort> [number]", 1, 2, "look at a rollout, or steer the one under way",
            "show: its steps, what they saw and what traffic met meanwhile; the last rollout, when no number is given. pause: after the step under way, until resume. abort: back to what served before; returns when that serves.", []),
        new("rollouts", "", 0, 0, "list the rollouts, newest first", "", [Lines with { Help = "how many of the newest to show (default 20)" }]),
        new("releases", "[service...]", 0, Any, "list the releases on disk, by service", "Exit 1 when a named service has none.", [], TakesServices: true),
        new("report", "[number]", 0, 1, "print the report of a rollout",
            "The last rollout, when no number is given. Markdown; with --json everything that is known of the rollout, as one document.", [Html, Output]),
        new("switch", "[list|on|off] [name]", 0, 2, "show the kill switches, or set one",
            "off: the routes that obey it answer as the manifest says, or 503, until it is on again. Returns when every edge worker decides by it. Holds over restarts and over up; with --for until then.", [For, Reason]),
        new("down", "", 0, 0, "stop everything, in reverse order", "", [Daemon]),
        new("init", "[folder]", 0, 1, "write a commented mainstay.yaml for the program found here", "Never overwrites a file.", []),
        new("schema", "", 0, 0, "print the JSON Schema of the manifest", "For editors: point the YAML language server at it.", []),
        new("version", "", 0, 0, "print the version", "", []),
        new("doctor", "", 0, 0, "examine this machine and this home", "Exit 1 when something keeps Mainstay from working.", []),
        new("daemon", "", 0, 0, "be the daemon, in the foreground", "For systemd; commands start one in the background by themselves. Must be the first word: mainstay daemon [--home <path>].", []),
        new("edge", "reload", 1, 1, "replace the edge process without refusing a connection", "`mainstay edge` alone is the edge process itself; the daemon starts it.", []),
        new("realtime", "<tail|replay|sim> ...", 1, Any, "look into streams of ingest, send them on, simulate calls",
            "tail TOPIC follows a stream, a line for each record; replay TOPIC sends stored records to another broker, or writes the audio of one interaction; sim native|exotel|twilio makes calls and counts those that are cut. `mainstay realtime --help` and `mainstay realtime sim --help` name their options. `mainstay realtime ingest` and `hub` are the services themselves, which the daemon starts.", []),
        new("completion", "<bash|zsh|fish>", 1, 1, "print a completion script for a shell", "For bash: source <(mainstay completion bash)", []),
        new("help", "[command]", 0, 1, "explain a command", "", []),
        Coming("incidents"), Coming("incident"), Coming("alerts"),
    ];

    public static VerbSpec? Find(string name)
    {
        foreach (var verb in All)
        {
            if (verb.Name == name)
            {
                return verb;
            }
        }

        return null;
    }

    private static VerbSpec Coming(string name) => new(name, "", 0, Any, "not available in this version", "", [], Later: true);
}
