using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Client;
using Penstock.Client.Errors;
using Penstock.Client.Security;
using Penstock.Console.Hosting;

namespace Penstock.Console.SignIn;

/// <summary>Signing in and out, one's own password, and the choice of colours.</summary>
/// <remarks>The API gives and takes back the cookie; the console only passes it on, unread.</remarks>
internal static class SignInPages
{
    private static readonly TimeSpan ThemeLasts = TimeSpan.FromDays(365);

    public static void MapSignIn(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/sign-in", (ConsoleCall call) =>
            call.PageForAnyone<SignInPage>(new SignInModel(PageQuery.Text(call.Request, "return")), StatusCodes.Status200OK));
        pages.MapPost("/sign-in", SignInAsync);
        pages.MapPost("/sign-out", SignOutAsync);
        pages.MapGet("/password", (ConsoleCall call, CancellationToken cancellationToken) =>
            call.PageAsync<PasswordPage>(new PasswordModel(), cancellationToken));
        pages.MapPost("/password", ChangePasswordAsync);
        pages.MapPost("/theme", ChooseThemeAsync);
    }

    private static async Task<IResult> SignInAsync(ConsoleCall call, HttpResponse response, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        LoginRequest login = new(form.Text("name") ?? "", form.Secret("password"));
        // Not through the typed client: the answer's cookie is what this is for.
        using HttpResponseMessage answer =
            await call.Api.Http.PostAsJsonAsync("/auth/login", login, PenstockJson.Options, cancellationToken);
        string? wanted = form.Text("return");
        if (!answer.IsSuccessStatusCode)
        {
            SignInModel model = new(wanted, login.Name, await ReasonAsync(answer, cancellationToken));
            return call.PageForAnyone<SignInPage>(model, (int)answer.StatusCode);
        }
        PassCookies(answer, response);
        Identity reader = (await answer.Content.ReadFromJsonAsync<Identity>(PenstockJson.Options, cancellationToken))!;
        return ConsoleCall.SeeOther(reader.MustChangePassword ? ConsolePaths.Password : ConsoleCall.LocalPath(wanted, ConsolePaths.Root));
    }

    private static async Task<IResult> SignOutAsync(ConsoleCall call, HttpResponse response, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await call.Api.Http.PostAsync("/auth/logout", null, cancellationToken);
        PassCookies(answer, response);
        return ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.SignIn, ("notice", Notices.SignedOut)));
    }

    private static async Task<IResult> ChangePasswordAsync(ConsoleCall call, HttpResponse response, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        PasswordChange change = new(form.Secret("old_password"), form.Secret("new_password"));
        using HttpResponseMessage answer =
            await call.Api.Http.PostAsJsonAsync("/auth/password", change, PenstockJson.Options, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            return await call.PageAsync<PasswordPage>(
                new PasswordModel(await ReasonAsync(answer, cancellationToken)), (int)answer.StatusCode, cancellationToken);
        }
        PassCookies(answer, response);
        return ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.Root, ("notice", Notices.PasswordChanged)));
    }

    private static async Task<IResult> ChooseThemeAsync(ConsoleCall call, HttpResponse response, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        CookieOptions options = new()
        {
            Path = ConsolePaths.Root, MaxAge = ThemeLasts, SameSite = SameSiteMode.Lax, HttpOnly = true, Secure = call.Request.IsHttps,
        };
        if (form.Text("theme") is Themes.Light or Themes.Dark)
            response.Cookies.Append(Themes.CookieName, form.Text("theme")!, options);
        else
            response.Cookies.Delete(Themes.CookieName, options);
        return ConsoleCall.SeeOther(ConsoleCall.LocalPath(form.Text("return"), ConsolePaths.Root));
    }

    private static void PassCookies(HttpResponseMessage from, HttpResponse to)
    {
        if (from.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? cookies))
            to.Headers.Append("Set-Cookie", cookies.ToArray());
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentType?.MediaType == "application/problem+json"
            && await answer.Content.ReadFromJsonAsync<ProblemView>(PenstockJson.Options, cancellationToken) is { } problem)
            return problem.Detail;
        return answer.StatusCode == HttpStatusCode.Unauthorized
            ? "The name or the password is wrong."
            : $"The server answered {(int)answer.StatusCode} {answer.ReasonPhrase}.";
    }
}
