use leptos::{html, prelude::*};

use super::upload::{Upload, UploadStatus};
use crate::ui::{
    chatkit::{ChatKitControl, items::address},
    components::{Icon, IconKind, Show},
    words::attachments as words,
};

/// A file of the next message with its status and actions.
#[component]
pub(super) fn Chip(control: ChatKitControl, upload: Upload) -> impl IntoView {
    let Upload { key, name, size, picture, .. } = upload.clone();
    let status = upload.status.clone();
    let kind = {
        let status = status.clone();
        Memo::new(move |_| status.with(kind_of))
    };
    let chip: NodeRef<html::Li> = NodeRef::new();
    // In a scrolling list, new and failed files scroll into view.
    Effect::new(move |_| {
        if let (Some(chip), "waiting" | "failed") = (chip.get(), kind.get()) {
            // After the next frame it has its final height.
            request_animation_frame(move || {
                chip.parent_element().inspect(|list| list.set_scroll_top(chip.offset_top()));
            });
        }
    });
    let label = {
        let name = name.clone();
        move || match kind.get() {
            "waiting" | "uploading" => words::cancel(&name),
            _ => words::remove(&name),
        }
    };
    view! {
        <li node_ref=chip class="uploads__chip" data-status=move || kind.get()>
            <Thumbnail picture />
            <span class="uploads__text">
                <span class="uploads__name" title=name.clone()>
                    {name.clone()}
                </span>
                <UploadDetail status=status size />
            </span>
            <Progress status=upload.status.clone() size name=name.clone() />
            <RetryButton control upload=upload.clone() kind />
            <button
                class="icon-button"
                type="button"
                aria-label=label.clone()
                title=label
                on:click=move |_| control.detach(key)
            >
                <Icon kind=IconKind::Close />
            </button>
        </li>
    }
}

/// A thumbnail of an image, or a file icon. Also shows the icon if the browser cannot decode the image.
#[component]
fn Thumbnail(picture: Option<String>) -> impl IntoView {
    let picture = RwSignal::new(picture.filter(|it| address::is_drawable(it)));
    move || match picture.get() {
        Some(src) => {
            view! { <img class="uploads__picture" src=src alt="" on:error=move |_| picture.set(None) /> }.into_any()
        }
        None => view! {
            <span class="uploads__icon">
                <Icon kind=IconKind::File />
            </span>
        }
        .into_any(),
    }
}

/// Size, progress or error of the file.
#[component]
fn UploadDetail(status: ArcRwSignal<UploadStatus>, size: Option<u64>) -> impl IntoView {
    let text = move || {
        status.with(|status| match status {
            UploadStatus::Waiting => words::WAITING.to_owned(),
            UploadStatus::Uploading(sent) => words::percent(*sent, size.unwrap_or_default()),
            UploadStatus::Done(_) => size.map(words::size).unwrap_or_default(),
            UploadStatus::Failed(sentence) => sentence.clone(),
        })
    };
    view! { <span class="uploads__detail">{text}</span> }
}

#[component]
fn Progress(status: ArcRwSignal<UploadStatus>, size: Option<u64>, name: String) -> impl IntoView {
    let sent = Memo::new(move |_| {
        status.with(|status| match status {
            UploadStatus::Uploading(sent) => Some(*sent),
            _ => None,
        })
    });
    // An empty file is complete at once, and a `max` of 0 is invalid.
    let max = size.unwrap_or_default().max(1);
    let is_shown = Memo::new(move |_| sent.get().is_some());
    let label = StoredValue::new(words::progress(&name));
    view! {
        <Show when=move || is_shown.get()>
            <progress
                class="uploads__progress"
                max=max
                value=move || sent.get().unwrap_or_default().min(max)
                aria-label=label.get_value()
            ></progress>
        </Show>
    }
}

#[component]
fn RetryButton(control: ChatKitControl, upload: Upload, kind: Memo<&'static str>) -> impl IntoView {
    let label = words::retry(&upload.name);
    move || {
        let upload = upload.clone();
        (kind.get() == "failed").then(|| {
            view! {
                <button
                    class="icon-button"
                    type="button"
                    aria-label=label.clone()
                    title=label.clone()
                    on:click=move |_| control.upload_again(&upload)
                >
                    <Icon kind=IconKind::RotateCw />
                </button>
            }
        })
    }
}

fn kind_of(status: &UploadStatus) -> &'static str {
    match status {
        UploadStatus::Waiting => "waiting",
        UploadStatus::Uploading(_) => "uploading",
        UploadStatus::Done(_) => "done",
        UploadStatus::Failed(_) => "failed",
    }
}
