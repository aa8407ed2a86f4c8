//! Stub until the chat branch is merged.
use axum::Router;
use super::{AppState, Clock, Db, Result, config::ModelConfig};
pub mod threads {
    use crate::{model::chatkit::{Page, PageQuery, Thread}, server::{Db, Result}};
    pub async fn list(_: &Db, _: &str, _: &PageQuery) -> Result<Page<Thread>> { Ok(Page::default()) }
    pub async fn open(_: &Db, _: &str, _: &str) -> Result<Option<Thread>> { Ok(None) }
}
pub enum AnswersFrom { Demo, Model }
#[derive(Clone)]
pub struct Chat;
impl Chat {
    pub fn new(_: Db, _: Clock, _: &ModelConfig) -> Result<Self> { Ok(Self) }
    pub fn start(&self) {}
    pub async fn shutdown(&self) {}
    pub fn answers_from(&self) -> AnswersFrom { AnswersFrom::Demo }
}
pub fn router() -> Router<AppState> { Router::new() }
