//! Theme editor: each choice replaces the options.

use leptos::prelude::*;

use crate::ui::{
    chatkit::{Accent, ColorScheme, Density, FontSource, Grayscale, Radius, Surface, Theme, Typography},
    words::example as words,
};

/// A part of the theme, its choices, and the function that applies one by index.
struct Part {
    name: &'static str,
    choices: &'static [&'static str],
    choose: fn(&mut Theme, usize),
}

/// Parts of the theme. The first choice of each is the default.
const PARTS: [Part; 8] = [
    Part {
        name: words::SCHEME,
        choices: &words::SCHEMES,
        choose: |theme, idx| theme.color_scheme = ColorScheme::ALL[idx],
    },
    Part {
        name: words::RADIUS,
        choices: &words::RADII,
        choose: |theme, idx| theme.radius = [Radius::Pill, Radius::Round, Radius::Soft, Radius::Sharp][idx],
    },
    Part {
        name: words::DENSITY,
        choices: &words::DENSITIES,
        choose: |theme, idx| theme.density = [Density::Normal, Density::Compact, Density::Spacious][idx],
    },
    Part {
        name: words::BASE_SIZE,
        choices: &words::BASE_SIZES,
        choose: |theme, idx| theme.typography.base_size = [None, Some(14), Some(18)][idx],
    },
    Part { name: words::FONT, choices: &words::FONTS, choose: choose_font },
    Part {
        name: words::ACCENT,
        choices: &words::ACCENTS,
        choose: |theme, idx| theme.color.accent = [None, Some("#4f46e5"), Some("#15803d")][idx].map(accent),
    },
    Part {
        name: words::GRAYSCALE,
        choices: &words::GRAYSCALES,
        choose: |theme, idx| theme.color.grayscale = (idx > 0).then_some(Grayscale { hue: 250, tint: 6, shade: 0 }),
    },
    Part {
        name: words::SURFACE,
        choices: &words::SURFACES,
        choose: |theme, idx| theme.color.surface = (idx > 0).then(surface),
    },
];

/// A select field for each part of the theme.
#[component]
pub(super) fn ThemeFields(theme: RwSignal<Theme>, on_choose: Callback<()>) -> impl IntoView {
    let fields = PARTS.into_iter().map(|part| {
        let choose = move |ev| {
            let name = event_target_value(&ev);
            let idx = part.choices.iter().position(|it| **it == name).unwrap_or_default();
            theme.update_untracked(|theme| (part.choose)(theme, idx));
            on_choose.run(());
        };
        let choices = part.choices.iter().map(|name| view! { <option>{*name}</option> });
        view! {
            <label>
                {part.name}
                <select autocomplete="off" on:change=choose>
                    {choices.collect_view()}
                </select>
            </label>
        }
    });
    view! {
        <div class="example__theme" role="group" aria-label=words::THEME>
            {fields.collect_view()}
        </div>
    }
}

/// Applies a font. The page's policy allows fonts of this origin only, so the font from elsewhere fails.
fn choose_font(theme: &mut Theme, idx: usize) {
    let (family, src) =
        [("", ""), ("Example", "/fonts/example.woff2"), ("Elsewhere", "https://fonts.example.com/elsewhere.woff2")]
            [idx];
    let source = FontSource {
        family: family.to_owned(),
        src: src.to_owned(),
        weight: Some("100 900".to_owned()),
        display: Some("swap".to_owned()),
        ..FontSource::default()
    };
    theme.typography = Typography {
        font_sources: (idx > 0).then_some(source).into_iter().collect(),
        font_family: (idx > 0).then(|| format!("{family}, sans-serif")),
        ..theme.typography.clone()
    };
}

fn accent(primary: &str) -> Accent {
    Accent { primary: primary.to_owned(), level: 2 }
}

fn surface() -> Surface {
    Surface {
        background: "light-dark(#fdf6e3, #002b36)".to_owned(),
        foreground: "light-dark(#073642, #eee8d5)".to_owned(),
    }
}
