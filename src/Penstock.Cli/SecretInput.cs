using System.Text;

namespace Penstock.Cli;

/// <summary>Takes a password from the keyboard without showing it.</summary>
internal static class SecretInput
{
    public static string ReadLine()
    {
        StringBuilder text = new();
        while (true)
        {
            ConsoleKeyInfo key = System.Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
                break;
            if (key.Key == ConsoleKey.Backspace && text.Length > 0)
                text.Length--;
            else if (key.Key != ConsoleKey.Backspace && !char.IsControl(key.KeyChar))
                text.Append(key.KeyChar);
        }
        System.Console.Error.WriteLine();
        return text.ToString();
    }
}
