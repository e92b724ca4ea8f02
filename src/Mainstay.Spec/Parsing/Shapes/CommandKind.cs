using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>A command as written: one <paramref name="Line"/>, or the words of a list.</summary>
internal sealed record CommandDraft(string? Line, ImmutableArray<string> Words, SourceSpan Span)
{
    public static CommandDraft Absent { get; } = new(null, [], SourceSpan.None);

    private static readonly string[] s_operators = ["&&", "||", "|", ";", "&", ">", ">>", "<", "2>&1", "2>", "&>"];

    /// <param name="shellFix">How to have a shell here, completing "..., or quote it".</param>
    public CommandSpec Resolve(bool shell, ReadContext context, string shellFix = "add \"shell: true\"")
    {
        if (Line is null)
        {
            if (shell)
            {
                Report(context, "is a list, but a shell takes one string", "write the command as one string, or remove \"shell: true\"");
            }

            return new CommandSpec(Words, false, Span);
        }

        if (shell && string.IsNullOrWhiteSpace(Line))
        {
            Report(context, "is blank", "write the program and its arguments");
        }

        return shell ? new CommandSpec([Line], true, Span) : new CommandSpec(Split(context, shellFix), false, Span);
    }

    private ImmutableArray<string> Split(ReadContext context, string shellFix)
    {
        var words = CommandLine.Split(Line!, out var fault);
        if (fault is not null)
        {
            Report(context, fault, "close the quote or escape it, or write the command as a list");
        }
        else if (words.IsEmpty)
        {
            Report(context, "is blank", "write the program and its arguments");
        }
        else if (words.FirstOrDefault(w => !w.Quoted && s_operators.Contains(w.Text)) is { Text: { } shellWord })
        {
            Report(context, $"has \"{shellWord}\", which only a shell understands, but is run without one", $"{shellFix}, or quote the \"{shellWord}\"");
        }
        else if (words[0] is { Quoted: false } first && first.Text.IndexOf('=') is var at and > 0 && CommonKinds.IsVariableName(first.Text[..at]))
        {
            Report(context, $"begins with the variable {first.Text[..at]}, which only a shell would set", $"move {first.Text[..at]} to \"environment\"");
        }

        return [.. words.Select(w => w.Text)];
    }

    private void Report(ReadContext context, string fault, string fix) => context.Report(ManifestCodes.BadCommand, Span, $"{Span.Path} {fault}", fix);
}

internal sealed class CommandKind : Kind<CommandDraft>
{
    private static readonly ListKind<string> s_words = new(new TextKind("text", "node", mayBeEmpty: true), "a list of the program and its arguments");

    public override string Expected => "a list of the program and its arguments, or one string";

    public override string Example => "[ node, server.js ]";

    public override JsonNode Schema(SchemaDefinitions definitions)
    {
        var list = s_words.Schema(definitions).AsObject();
        list["minItems"] = 1;
        return new JsonObject { ["anyOf"] = new JsonArray(list, new JsonObject { ["type"] = "string", ["minLength"] = 1 }) };
    }

    public override bool TryRead(Node node, ReadContext context, [MaybeNullWhen(false)] out CommandDraft value)
    {
        value = null;
        switch (node)
        {
            case ScalarNode { IsNothing: false } scalar:
                value = new CommandDraft(scalar.Text, [], node.Span);
                return true;

            case ListNode { Items.IsEmpty: false } list when s_words.TryRead(list, context, out var words):
                value = new CommandDraft(null, words.Values(), node.Span);
                if (words is [{ Value: "" }, ..])
                {
                    context.Report(ManifestCodes.BadCommand, node, $"{Named(node)} names no program: its first item is empty", "write the program first");
                }

                return true;

            case ListNode { Items.IsEmpty: true }:
                context.Report(ManifestCodes.BadCommand, node, $"{Named(node)} is an empty list", WriteExample(node));
                return false;

            default:
                ReportWrongType(node, context);
                return false;
        }
    }
}
