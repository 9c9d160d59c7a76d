namespace UpgradeOps.TestKit;

/// <summary>The root that all test images stand on: a static shell with its usual commands, users and an empty /tmp.</summary>
internal static class BusyBox
{
    public static async Task<LayerBuilder> RootAsync(params (string Name, int Id)[] users)
    {
        var root = new LayerBuilder()
            .Folder("/tmp", 0b1_111_111_111)
            .File("/etc/passwd", "root:x:0:0:root:/:/bin/sh\n" + string.Concat(users.Select(u => $"{u.Name}:x:{u.Id}:{u.Id}::/tmp:/bin/sh\n")))
            .File("/etc/group", "root:x:0:\n" + string.Concat(users.Select(u => $"{u.Name}:x:{u.Id}:\n")))
            .HostFile(ProgramPath.Get("busybox"), "/bin/busybox");
        foreach (var applet in (await Command.OutputAsync("busybox", "--list")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (applet != "busybox")
                root.Link($"/bin/{applet}", "busybox");
        return root;
    }
}
