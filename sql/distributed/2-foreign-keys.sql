-- Foreign keys of the distributed tables, added when they are distributed. Each carries region_code first, so that it is looked up within
-- one shard. What is owned goes with its owner; what is referred to cannot go.
alter table layer_feature add constraint layer_feature_of foreign key (region_code, layer_id) references layer (region_code, layer_id) on delete cascade;
alter table layer_piece add constraint layer_piece_of foreign key (region_code, layer_id, feature_no) references layer_feature (region_code, layer_id, feature_no) on delete cascade;
alter table raster_tile add constraint raster_tile_of foreign key (region_code, layer_id) references layer (region_code, layer_id) on delete cascade;
alter table raster_view add constraint raster_view_of foreign key (region_code, layer_id) references layer (region_code, layer_id) on delete cascade;
alter table parcel add constraint parcel_of foreign key (region_code, parcel_set_id) references parcel_set (region_code, parcel_set_id) on delete cascade;
alter table project add constraint project_of foreign key (region_code, register_id) references project_register (region_code, register_id) on delete cascade;
alter table run_set add constraint run_set_of foreign key (region_code, run_id) references run (region_code, run_id) on delete cascade;
alter table run_set add constraint run_set_names foreign key (region_code, parcel_set_id) references parcel_set (region_code, parcel_set_id);
alter table run_layer add constraint run_layer_of foreign key (region_code, run_id) references run (region_code, run_id) on delete cascade;
alter table run_layer add constraint run_layer_names foreign key (region_code, layer_id) references layer (region_code, layer_id);
alter table run_chunk add constraint run_chunk_of foreign key (region_code, run_id) references run (region_code, run_id) on delete cascade;
alter table run_result add constraint run_result_of foreign key (region_code, run_id) references run (region_code, run_id) on delete cascade;
alter table run_result add constraint run_result_parcel foreign key (region_code, parcel_set_id, parcel_ordinal) references parcel (region_code, parcel_set_id, ordinal);
alter table run_result add constraint run_result_result foreign key (region_code, result_id) references result (region_code, result_id);
alter table finding add constraint finding_of foreign key (region_code, result_id) references result (region_code, result_id) on delete cascade;
alter table piece add constraint piece_of foreign key (region_code, result_id) references result (region_code, result_id) on delete cascade;
alter table run_indexed add constraint run_indexed_of foreign key (region_code, run_id) references run (region_code, run_id) on delete cascade;
alter table run_index add constraint run_index_of foreign key (region_code, run_id) references run (region_code, run_id) on delete cascade;
alter table review add constraint review_supersedes_one foreign key (region_code, supersedes) references review (region_code, review_id);
alter table flag_review add constraint flag_review_names foreign key (region_code, review_id) references review (region_code, review_id);
alter table attachment_part add constraint attachment_part_of foreign key (region_code, attachment_id) references attachment (region_code, attachment_id) on delete cascade;
alter table review_attachment add constraint review_attachment_of_review foreign key (region_code, review_id) references review (region_code, review_id);
alter table review_attachment add constraint review_attachment_names foreign key (region_code, attachment_id) references attachment (region_code, attachment_id);
