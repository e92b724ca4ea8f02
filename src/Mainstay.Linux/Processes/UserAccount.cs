using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Processes;

/// <summary>An account of this host, with all groups that a login of it would have.</summary>
public sealed unsafe record UserAccount(string Name, uint UserId, uint GroupId, IReadOnlyList<uint> Groups, string Home)
{
    private const int ERANGE = 34;

    /// <summary>Null when the host knows no such account.</summary>
    public static UserAccount? Find(string name)
    {
        for (var size = 4096; size <= 1 << 20; size *= 4)
        {
            var buffer = new byte[size];
            fixed (byte* start = buffer)
            {
                PasswordEntry entry;
                PasswordEntry* found;
                var error = Libc.GetPasswordEntry(name, &entry, start, (nuint)size, &found);
                if (error == ERANGE)
                {
                    continue;
                }

                return found is null ? null : new UserAccount(
                    name, entry.User, entry.Group, GroupsOf(name, entry.Group), Text(entry.Home));
            }
        }

        return null;
    }

    private static uint[] GroupsOf(string name, uint group)
    {
        // At most NGROUPS_MAX; asked again with the right size when the first guess was too small.
        for (var count = 64; ;)
        {
            var groups = new uint[count];
            var wanted = count;
            fixed (uint* start = groups)
            {
                if (Libc.GetGroupList(name, group, start, &wanted) >= 0)
                {
                    return groups[..wanted];
                }
            }

            if (wanted <= count)
            {
                return [group];
            }

            count = wanted;
        }
    }

    private static string Text(byte* text) => text is null ? "" : Marshal.PtrToStringUTF8((nint)text) ?? "";
}
