using Mainstay.Contracts.Api;

namespace Mainstay.Cli.Output;

/// <summary>How the steps of an operation are shown while it runs.</summary>
internal interface IOperationDisplay
{
    void Show(OperationMessage message);

    /// <summary>Lines about the whole operation, such as its plan; they stay where they are.</summary>
    void Remark(IReadOnlyList<string> lines);

    /// <summary>Called about every second, also when nothing happens.</summary>
    void Tick();

    /// <summary>Nothing more comes; what is shown stays.</summary>
    void Close();
}

/// <summary>One line per step, for pipes and files.</summary>
internal sealed class PlainDisplay(Screen screen) : IOperationDisplay
{
    public void Show(OperationMessage message)
    {
        if (message.Step is { } step)
        {
            screen.Line(StepText.Of(step, screen.Colours));
            screen.Flush();
        }
    }

    public void Remark(IReadOnlyList<string> lines)
    {
        screen.Lines(lines);
        screen.Flush();
    }

    public void Tick()
    {
    }

    public void Close()
    {
    }
}

/// <summary>The daemon's messages as they came, one JSON object per line.</summary>
internal sealed class JsonDisplay(Screen screen) : IOperationDisplay
{
    public void Show(OperationMessage message)
    {
        screen.Document(message, Contracts.WireJson.Default.OperationMessage);
        screen.Flush();
    }

    public void Remark(IReadOnlyList<string> lines)
    {
        // Made from a message that was passed on as it came.
    }

    public void Tick()
    {
    }

    public void Close()
    {
    }
}
