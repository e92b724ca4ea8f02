using Mainstay;

// The role is the verb. Each stands in a method of its own, so that a command does not load what only the daemon or the edge needs.
return args switch
{
    ["daemon", .. var rest] => await Roles.DaemonAsync(rest),
    ["edge", "--control", var socket] => await Roles.EdgeAsync(socket),
    ["realtime", "ingest" or "hub"] => await Roles.RealtimeAsync(args[1]),
    ["realtime", "sim", .. var rest] => await Roles.SimulateAsync(rest),
    ["help", "realtime", ..] => await Roles.InspectAsync(["--help"]),
    ["realtime", .. var rest] => await Roles.InspectAsync(rest),
    _ => await Roles.CommandAsync(args),
};
