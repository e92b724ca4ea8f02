using System.Runtime.InteropServices;
using System.Text;

namespace Mainstay.Linux.Processes;

/// <summary>A null-terminated array of C strings in unmanaged memory, as argv and envp are.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private byte* _block;

    public NativeStrings(IReadOnlyList<string> strings)
    {
        var table = (nuint)((strings.Count + 1) * sizeof(byte*));
        var size = table;
        foreach (var text in strings)
        {
            size += (nuint)Encoding.UTF8.GetByteCount(text) + 1;
        }

        _block = (byte*)NativeMemory.Alloc(size);
        Count = strings.Count;
        var next = _block + table;
        var end = _block + size;
        for (var i = 0; i < strings.Count; i++)
        {
            Items[i] = next;
            next += Encoding.UTF8.GetBytes(strings[i], new Span<byte>(next, (int)(end - next)));
            *next++ = 0;
        }

        Items[Count] = null;
    }

    public int Count { get; }

    public byte** Items => (byte**)_block;

    /// <summary>Writes over the end of a string, which must be long enough for it.</summary>
    public void Overwrite(int index, int offset, ReadOnlySpan<byte> text)
    {
        text.CopyTo(new Span<byte>(Items[index] + offset, text.Length));
        Items[index][offset + text.Length] = 0;
    }

    public void Dispose()
    {
        // An environment holds secrets; do not leave them in freed memory for a crash dump to find.
        if (_block is not null)
        {
            for (var i = 0; i < Count; i++)
            {
                new Span<byte>(Items[i], MemoryMarshal.CreateReadOnlySpanFromNullTerminated(Items[i]).Length).Clear();
            }

            NativeMemory.Free(_block);
            _block = null;
        }
    }
}
